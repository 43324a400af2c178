/** The icon of the plugin, in the size and colour of its surroundings. */
export function WavingHand() {
  return (
    <svg
      width="1em"
      height="1em"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      aria-hidden="true"
    >
      <path
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M6 13 4.5 11.5a1.5 1.5 0 0 1 2-2L12 15M8 11 4.8 7.8a1.5 1.5 0 0 1 2.1-2.1L13 12m-3-3L7.6 4.6a1.5 1.5 0 0 1 2.6-1.5l5 7m.3.4-.6-3.2a1.6 1.6 0 0 1 3-.8l1.3 4a7 7 0 0 1-1.6 7.4 6.6 6.6 0 0 1-9.3.2L6 13"
      />
    </svg>
  );
}

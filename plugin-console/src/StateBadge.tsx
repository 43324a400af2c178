import { useText } from './translation';

/** How good a state is, in the order of a bundle's life. */
const TONES = {
  discovered: 'busy',
  staging: 'busy',
  starting: 'busy',
  running: 'good',
  waiting: 'still',
  draining: 'busy',
  stopped: 'still',
  rejected: 'bad',
  failed: 'bad',
  backoff: 'bad',
  quarantined: 'bad',
  disabled: 'still',
} as const;

type State = keyof typeof TONES;

/** All states, in the order of a bundle's life. */
export const STATE_NAMES = Object.keys(TONES) as State[];

/** A state as a word in its colour, with what it means. */
export function StateBadge({ state }: { state: string }) {
  const t = useText();
  const known = Object.hasOwn(TONES, state) ? (state as State) : undefined;
  return (
    <span className={`sd-badge sd-${known ? TONES[known] : 'still'}`} title={known && t(`state.${known}`)}>
      {state}
    </span>
  );
}

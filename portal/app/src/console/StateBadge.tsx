/** What a state means, in a few words, and how good it is. */
const STATES: Record<string, { tone: 'good' | 'busy' | 'bad' | 'still'; meaning: string }> = {
  discovered: { tone: 'busy', meaning: 'seen, not yet complete' },
  staging: { tone: 'busy', meaning: 'being copied and checked' },
  starting: { tone: 'busy', meaning: 'starting' },
  running: { tone: 'good', meaning: 'serves' },
  waiting: { tone: 'still', meaning: 'joins when its plugin appears' },
  draining: { tone: 'busy', meaning: 'finishes its requests' },
  stopped: { tone: 'still', meaning: 'gone' },
  rejected: { tone: 'bad', meaning: 'not started' },
  failed: { tone: 'bad', meaning: 'did not start' },
  backoff: { tone: 'bad', meaning: 'ended by itself, is started again' },
  quarantined: { tone: 'bad', meaning: 'ended by itself too often' },
  disabled: { tone: 'still', meaning: 'taken out of service' },
};

/** All states, in the order of a bundle's life. */
export const STATE_NAMES = Object.keys(STATES);

/** A state as a word in its colour. */
export function StateBadge({ state }: { state: string }) {
  const { tone, meaning } = STATES[state] ?? { tone: 'still', meaning: '' };
  return (
    <span className={`sd-badge sd-${tone}`} title={meaning}>
      {state}
    </span>
  );
}

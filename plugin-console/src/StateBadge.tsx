import type { Summary } from './api/types';
import { useText } from './translation';

/** All states, those that need attention first. */
export const STATE_NAMES: Array<Summary['state']> = [
  'quarantined',
  'failed',
  'rejected',
  'restarting',
  'update-failed',
  'degraded',
  'rolled-back',
  'waiting',
  'starting',
  'updating',
  'stopping',
  'running',
  'disabled',
  'removed',
];

/** The class of each tone. */
const TONES: Record<Summary['tone'], string> = {
  good: 'sd-good',
  busy: 'sd-busy',
  neutral: 'sd-still',
  warning: 'sd-open',
  bad: 'sd-bad',
};

/** The state of a plugin as a word in the colour of its tone, with what it means. */
export function StateBadge({ summary: { state, tone } }: { summary: Summary }) {
  const t = useText();
  const known = STATE_NAMES.includes(state);
  return (
    <span className={`sd-badge ${TONES[tone]}`} title={known ? t(`state.${state}`) : undefined}>
      {state}
    </span>
  );
}

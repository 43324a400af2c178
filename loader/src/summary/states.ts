import type { Summary } from '../adminApi';

/** States of a plugin as people see them. */
export const SUMMARY_STATES = [
  'starting',
  'running',
  'updating',
  'rolled-back',
  'degraded',
  'update-failed',
  'restarting',
  'quarantined',
  'failed',
  'rejected',
  'waiting',
  'disabled',
  'stopping',
  'removed',
] as const;
export type SummaryState = (typeof SUMMARY_STATES)[number];

/** How much attention each state needs. */
export const TONES: Record<SummaryState, Summary['tone']> = {
  starting: 'busy',
  running: 'good',
  updating: 'busy',
  'rolled-back': 'warning',
  degraded: 'warning',
  'update-failed': 'warning',
  restarting: 'bad',
  quarantined: 'bad',
  failed: 'bad',
  rejected: 'bad',
  waiting: 'neutral',
  disabled: 'neutral',
  stopping: 'busy',
  removed: 'neutral',
};

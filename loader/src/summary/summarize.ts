import type { Summary } from '../adminApi';
import { buildsOf } from './builds';
import type { Facts } from './facts';
import { nextStartOf } from './nextStart';
import { refusalOf } from './refusal';
import { messageOf } from './sentences';
import { TONES, type SummaryState } from './states';

/** States of a recorded status in which a build is being started. */
const ON_THE_WAY: ReadonlySet<string> = new Set(['discovered', 'staging', 'starting']);

/**
 * The one state of a plugin, derived from everything that is known of it. API, events, metrics, console and command line
 * show this and nothing else.
 */
export function summarize(facts: Facts): Summary {
  const state = stateOf(facts);
  const { status, process, remembered, health } = facts;
  const { loaded, onDisk, attempt } = status;
  const refusal = refusalOf(facts);
  const runs = loaded && isUp(facts) ? { ...loaded, health: health ?? ('unknown' as const) } : undefined;
  const trying = ON_THE_WAY.has(status.state) ? tryingOf(facts) : undefined;
  const retryAt = state === 'restarting' ? process?.retryAt : undefined;
  const summary: Omit<Summary, 'message'> = {
    state,
    tone: TONES[state],
    since: sinceOf(state, facts),
    ...(runs && { runs }),
    ...(onDisk && { onDisk }),
    ...(trying && { trying }),
    ...(refusal && { refused: { ...refusal.build, ...refusal.fault, at: refusal.at } }),
    nextStart: nextStartOf(facts),
    ...(attempt !== undefined && { attempt }),
    ...(retryAt && { retryAt }),
    ...decisionOf(state, remembered),
    builds: buildsOf(facts, isUp(facts)),
  };
  return { ...summary, message: messageOf(summary, facts) };
}

/** The first that applies. What an operator decided comes before what happened, what does not run before what does. */
function stateOf(facts: Facts): SummaryState {
  const { status, process, remembered, health } = facts;
  const { state, loaded, onDisk } = status;
  if (state === 'stopped') return 'removed';
  if (state === 'draining') return 'stopping';
  if (state === 'disabled') return 'disabled';
  if (ON_THE_WAY.has(state)) return loaded && isUp(facts) ? 'updating' : 'starting';
  if (process?.state === 'quarantined' || state === 'quarantined') return 'quarantined';
  if (process?.state === 'backoff' || process?.state === 'starting' || state === 'backoff') return 'restarting';
  if (process?.state === 'stopped') return 'stopping';
  if (state === 'waiting') return 'waiting';
  const refusal = refusalOf(facts);
  if (!loaded) return refusal?.state ?? (state === 'rejected' ? 'rejected' : 'failed');
  if (refusal) return 'update-failed';
  if (health === 'degraded') return 'degraded';
  const { chosen } = remembered;
  return chosen && chosen.digest === loaded.digest && chosen.instead === onDisk?.digest ? 'rolled-back' : 'running';
}

/** Whether the loaded build answers requests. */
function isUp({ status: { state }, process }: Facts): boolean {
  if (process && process.state !== 'running') return false;
  return state !== 'backoff' && state !== 'quarantined' && state !== 'waiting' && state !== 'disabled';
}

function tryingOf({ status: { version, digest } }: Facts): Summary['trying'] {
  return version !== undefined && digest !== undefined ? { version, digest } : undefined;
}

function sinceOf(state: SummaryState, { status, refusal, remembered: { chosen, disabled } }: Facts): string {
  if (state === 'update-failed' && refusal) return refusal.at;
  if (state === 'disabled' && disabled) return disabled.since;
  if (state === 'rolled-back' && chosen?.since) return chosen.since;
  return status.since;
}

function decisionOf(state: SummaryState, { chosen, disabled }: Facts['remembered']): Pick<Summary, 'decision'> {
  if (state === 'disabled' && disabled) return { decision: { kind: 'disabled', by: disabled.by, at: disabled.since } };
  if (state !== 'rolled-back' || !chosen) return {};
  const { by, since } = chosen;
  return { decision: { kind: 'rolled-back', ...(by && { by }), ...(since && { at: since }) } };
}

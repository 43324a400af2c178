import type { Summary } from '../adminApi';
import type { Facts } from './facts';

/** A summary without its text. */
type Untold = Omit<Summary, 'message'>;

/** The state in sentences: what runs, what does not and why, who decided it, and what a restart of the portal does. */
export function messageOf(summary: Untold, facts: Facts): string {
  return [...told(summary, facts), restart(summary)].filter(Boolean).join(' ');
}

function told(summary: Untold, facts: Facts): string[] {
  const { status, remembered, failedChecks, refusal } = facts;
  const { runs, refused, onDisk, decision, trying } = summary;
  const crashed = status.loaded?.version ?? status.version ?? 'It';
  const why = status.message ? `: ${status.message}` : '.';
  switch (summary.state) {
    case 'removed':
      return ['It was removed.'];
    case 'stopping':
      return [`${status.loaded?.version ?? status.version ?? 'It'} finishes its requests and stops.`];
    case 'disabled':
      return [`${by(decision, 'disabled it')} Enable it to start it again.`];
    case 'starting':
      return [`${trying?.version ?? 'It'} is starting.`];
    case 'updating':
      return [`${trying?.version ?? 'A new build'} is starting; ${runs!.version} runs meanwhile.`];
    case 'quarantined':
      return [
        `${crashed} crashed too often and does not run.`,
        remembered.quarantined?.message ?? status.message ?? '',
        'Reload it, or install another version.',
        ...refusedToo(summary),
      ];
    case 'restarting':
      return [`${crashed} crashed and does not run${why}`, nextAttempt(summary), ...refusedToo(summary)];
    case 'waiting':
      return [status.message ?? 'It waits for its plugin.'];
    case 'failed':
    case 'rejected':
      return [
        `${refused?.version ?? status.version ?? 'The drop'} does not run${reason(refused, status.message)}`,
        ...fallback(facts),
      ];
    case 'update-failed': {
      const same = refusal?.build?.digest === runs?.digest;
      const what = same
        ? 'The last attempt to start it again failed'
        : `${refused?.version ?? 'The drop'} does not run`;
      return [`${runs!.version} runs. ${what}${reason(refused, undefined)}`, ...fallback(facts)];
    }
    case 'degraded':
      return [
        `${runs!.version} runs, but its health checks fail${failedChecks ? `: ${failedChecks}` : '.'}`,
        ...back(summary),
      ];
    case 'rolled-back':
      return [`${runs!.version} runs; ${onDisk!.version} is on disk.`, by(decision, 'rolled it back')];
    case 'running':
      return [`${runs!.version} runs.`];
  }
}

/** That an operator went back from the drop, where another state comes before it. */
function back({ runs, onDisk, nextStart }: Untold): string[] {
  return nextStart.why === 'rolled-back' && onDisk
    ? [`It was rolled back to ${runs!.version} from ${onDisk.version}.`]
    : [];
}

function refusedToo({ refused }: Untold): string[] {
  return refused ? [`${refused.version ?? 'The drop'} does not run either${reason(refused, undefined)}`] : [];
}

function reason(refused: Summary['refused'], otherwise: string | undefined): string {
  const text = refused ? `${refused.code}: ${refused.message}` : otherwise;
  return text ? `: ${text}` : '.';
}

function fallback({ refusal, remembered: { serving } }: Facts): string[] {
  if (!refusal?.fallbackFault) return [];
  const { code, message } = refusal.fallbackFault;
  return [`${serving?.version ?? 'The last good version'}, which ran last, did not start either: ${code}: ${message}`];
}

function nextAttempt({ retryAt, attempt }: Untold): string {
  const count = attempt === undefined ? '' : ` (attempt ${attempt})`;
  return retryAt ? `It is started again at ${retryAt}${count}.` : `It is being started again${count}.`;
}

function by(decision: Summary['decision'], did: string): string {
  const at = decision?.at ? ` at ${decision.at}` : '';
  return `${decision?.by ?? 'An operator'} ${did}${at}.`;
}

/** What a restart of the portal does, where that is not plain. */
function restart({ nextStart, runs, onDisk, refused }: Untold): string {
  const { why, version } = nextStart;
  switch (why) {
    case 'rolled-back':
      return `After a restart of the portal ${version} runs again, until the drop changes.`;
    case 'last-good':
      return `After a restart of the portal ${version} runs again as long as the drop cannot run.`;
    case 'quarantined':
      return 'A restart of the portal does not start it.';
    case 'disabled':
      return 'It stays disabled after a restart of the portal.';
    case 'refused':
      if (runs && onDisk?.digest === runs.digest) return `A restart of the portal starts ${onDisk.version} again.`;
      return runs && refused ? `${runs.version} does not survive a restart of the portal.` : '';
    case 'drop':
    case 'removed':
      return runs && onDisk && version !== runs.version ? `A restart of the portal starts ${version}.` : '';
  }
}

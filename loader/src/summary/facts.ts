import type { NamedBuild, RecordedStatus, Refusal } from '../lifecycle/states';

/** What operators decided, and what is remembered for the next start, see `PluginRecord`. */
export interface Remembered {
  disabled?: { since: string; by: string };
  quarantined?: { since: string; digest: string; message: string };
  chosen?: NamedBuild & { instead: string; by?: string; since?: string };
  serving?: NamedBuild;
}

/** Everything that is known of a plugin; the input of {@link summarize}. */
export interface Facts {
  status: Pick<
    RecordedStatus,
    'state' | 'since' | 'version' | 'digest' | 'message' | 'loaded' | 'onDisk' | 'generations' | 'attempt'
  >;
  /** Worst condition of its health checks; undefined if nothing has been checked yet. */
  health?: 'healthy' | 'degraded';
  /** Failed checks, in words. */
  failedChecks?: string;
  /** Its separate process; undefined if it has none. */
  process?: { state: 'running' | 'backoff' | 'starting' | 'quarantined' | 'stopped'; retryAt?: string };
  refusal?: Refusal;
  remembered: Remembered;
  /** Whether the last good build starts where the drop cannot run: `dynamicPlugins.lastGood`. */
  lastGood: boolean;
}

import { isDeepStrictEqual } from 'node:util';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import type { StagedBundle } from '../stage/stagedBundle';
import type { EventLog } from './eventLog';
import { FAILED_STATES, type PluginState, type RecordedStatus, type Refusal } from './states';

/** Longest message of a status and of an event: part of it may come from a bundle. */
const MAX_MESSAGE = 4000;

/** Fields that a transition sets besides the state. */
export interface Transition {
  bundle?: StagedBundle;
  drop?: string;
  fault?: StagedoorError;
  changes?: Partial<RecordedStatus>;
}

/** Takes the lines that the store logs about a plugin. */
type OnLine = (
  name: string,
  version: string | undefined,
  level: 'error' | 'warn' | 'info' | 'debug',
  text: string,
) => void;

/** A refusal, with what it takes to show it again. */
export interface RecordedRefusal extends Refusal {
  bundle?: StagedBundle;
  error: StagedoorError;
}

/** The status of every bundle by name, and the log line and event of every transition. */
export class StatusStore {
  readonly #statuses = new Map<string, RecordedStatus>();
  /** By name, the latest build or drop that was refused; other states of the plugin do not end it. */
  readonly #refusals = new Map<string, RecordedRefusal>();
  readonly #logger: LoggerService;
  readonly #events: EventLog;
  readonly #onLine: OnLine;

  constructor(logger: LoggerService, events: EventLog, onLine: OnLine = () => {}) {
    this.#logger = logger;
    this.#events = events;
    this.#onLine = onLine;
  }

  /** All statuses, sorted by name. */
  list(): RecordedStatus[] {
    return [...this.#statuses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): RecordedStatus | undefined {
    return this.#statuses.get(name);
  }

  /** The latest build or drop of a name that could not run, unless that build runs by now. */
  refusal(name: string): RecordedRefusal | undefined {
    return this.#refusals.get(name);
  }

  /** The last good build of a name did not start in place of the refused one. */
  fallbackFailed(name: string, fault: StagedoorError): void {
    const refusal = this.#refusals.get(name);
    if (refusal) this.#refusals.set(name, { ...refusal, fallbackFault: fault.toJSON() });
  }

  /**
   * Moves a bundle to `state`. Fields that the transition does not mention stay, except code, message and hint. A state that is
   * derived again, with nothing to add, is neither logged nor told to listeners; an error is, because another attempt led to it.
   */
  set(name: string, state: PluginState, { bundle, drop, fault, changes }: Transition = {}): void {
    const before = this.#statuses.get(name);
    const {
      code: _code,
      message: _message,
      hint: _hint,
      details: _details,
      ...kept
    } = before ?? {
      name,
      pluginIds: [],
      modules: [],
      openedRoutes: [],
    };
    const status: RecordedStatus = {
      ...kept,
      ...(bundle && {
        version: bundle.version,
        digest: bundle.digest,
        role: bundle.packageJson.backstage?.role,
        drop: bundle.entry,
      }),
      ...(drop && { drop }),
      ...changes,
      state,
      since: new Date().toISOString(),
      ...(fault && { ...fault.toJSON(), message: brief(fault.message) }),
    };
    const told = toldOf(status);
    if (before && !FAILED_STATES.has(state) && isDeepStrictEqual(told, toldOf(before))) {
      this.#statuses.set(name, { ...status, since: before.since });
      return;
    }
    this.#statuses.set(name, status);
    this.#noteRefusal(status, fault, bundle);
    this.#log(name, state, fault);
    this.#events.append({ type: 'state', plugin: name, from: before?.state, ...told });
  }

  /** Updates figures that change while the state stays. */
  patch(name: string, changes: Partial<RecordedStatus>): void {
    const status = this.#statuses.get(name);
    if (status) this.#statuses.set(name, { ...status, ...changes });
  }

  /** Forgets a bundle that is gone. */
  delete(name: string): void {
    if (this.#forget(name)) this.#logger.info(`${name}: removed`);
  }

  /** Removes an entry that was only discovered: it turned out to contain a bundle of another name, or none at all. */
  forgetDiscovered(entry: string): void {
    if (this.#statuses.get(entry)?.state === 'discovered') this.#forget(entry);
  }

  #noteRefusal(
    { name, state, since, version, digest, loaded, message }: RecordedStatus,
    error: StagedoorError | undefined,
    bundle: StagedBundle | undefined,
  ): void {
    if ((state === 'failed' || state === 'rejected') && error) {
      // An error without a bundle is that of the drop, or of the running build that does not end.
      const isLoaded = loaded !== undefined && loaded.digest === digest;
      const build = (bundle || (isLoaded && state === 'failed')) && version && digest ? { version, digest } : undefined;
      const fault = { ...error.toJSON(), message: message ?? error.message };
      this.#refusals.set(name, { state, fault, at: since, error, ...(build && { build }), ...(bundle && { bundle }) });
    } else if (state === 'running' && this.#refusals.get(name)?.build?.digest === digest) this.#refusals.delete(name);
  }

  #forget(name: string): boolean {
    const status = this.#statuses.get(name);
    if (!status) return false;
    this.#statuses.delete(name);
    this.#refusals.delete(name);
    const { version, digest } = status;
    this.#events.append({ type: 'state', plugin: name, from: status.state, state: 'stopped', version, digest });
    return true;
  }

  #log(name: string, state: PluginState, fault: StagedoorError | undefined): void {
    const version = this.#statuses.get(name)?.version;
    const title = version ? `${name}@${version}` : name;
    const level = levelOf(state, fault !== undefined);
    const text = fault ? `${title}: ${state}, ${faultText(fault)}` : `${title}: ${state}`;
    const cause = level === 'error' && fault?.cause instanceof Error ? fault.cause : undefined;
    this.#logger[level](text, cause);
    // Its steps to a start are what its own log begins with.
    this.#onLine(name, version, level === 'debug' ? 'info' : level, cause?.stack ? `${text}\n${cause.stack}` : text);
  }
}

/** What the log and events show of a status. */
function toldOf({ state, code, message, hint, version, digest }: RecordedStatus): Partial<RecordedStatus> {
  return { state, code, message, hint, version, digest };
}

function brief(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

function levelOf(state: PluginState, hasFault: boolean): 'error' | 'warn' | 'info' | 'debug' {
  if (!hasFault) return state === 'running' ? 'info' : 'debug';
  if (state === 'waiting' || state === 'disabled') return 'info';
  return state === 'backoff' ? 'warn' : 'error';
}

import { isDeepStrictEqual } from 'node:util';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import type { StagedBundle } from '../stage/stagedBundle';
import type { EventLog } from './eventLog';
import { FAILED_STATES, type PluginState, type PluginStatus } from './states';

/** Longest message of a status and of an event: part of it may come from a bundle. */
const MAX_MESSAGE = 4000;

/** Fields that a transition sets besides the state. */
export interface Transition {
  bundle?: StagedBundle;
  drop?: string;
  fault?: StagedoorError;
  changes?: Partial<PluginStatus>;
}

/** The status of every bundle by name, and the log line and event of every transition. */
export class StatusStore {
  readonly #statuses = new Map<string, PluginStatus>();
  readonly #logger: LoggerService;
  readonly #events: EventLog;

  constructor(logger: LoggerService, events: EventLog) {
    this.#logger = logger;
    this.#events = events;
  }

  /** All statuses, sorted by name. */
  list(): PluginStatus[] {
    return [...this.#statuses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): PluginStatus | undefined {
    return this.#statuses.get(name);
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
    const status: PluginStatus = {
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
    this.#log(name, state, fault);
    this.#events.append({ type: 'state', plugin: name, from: before?.state, ...told });
  }

  /** Updates figures that change while the state stays. */
  patch(name: string, changes: Partial<PluginStatus>): void {
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

  #forget(name: string): boolean {
    const status = this.#statuses.get(name);
    if (!status) return false;
    this.#statuses.delete(name);
    const { version, digest } = status;
    this.#events.append({ type: 'state', plugin: name, from: status.state, state: 'stopped', version, digest });
    return true;
  }

  #log(name: string, state: PluginState, fault: StagedoorError | undefined): void {
    const version = this.#statuses.get(name)?.version;
    const title = version ? `${name}@${version}` : name;
    if (!fault) this.#logger[state === 'running' ? 'info' : 'debug'](`${title}: ${state}`);
    else {
      const text = `${title}: ${state}, ${faultText(fault)}`;
      if (state === 'waiting' || state === 'disabled') this.#logger.info(text);
      else if (state === 'backoff') this.#logger.warn(text);
      else this.#logger.error(text, fault.cause instanceof Error ? fault.cause : undefined);
    }
  }
}

/** What the log and events show of a status. */
function toldOf({ state, code, message, hint, version, digest }: PluginStatus): Partial<PluginStatus> {
  return { state, code, message, hint, version, digest };
}

function brief(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

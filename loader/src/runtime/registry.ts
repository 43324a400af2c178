import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import type { StagedBundle } from '../stage/stageDrop';
import type { PluginState, PluginStatus } from './states';

/** What one transition says beyond the state itself. */
export interface Transition {
  bundle?: StagedBundle;
  drop?: string;
  fault?: StagedoorError;
  changes?: Partial<PluginStatus>;
}

/** The status of every bundle by name, and the log line of every transition. */
export class PluginRegistry {
  readonly #statuses = new Map<string, PluginStatus>();
  readonly #logger: LoggerService;

  constructor(logger: LoggerService) {
    this.#logger = logger;
  }

  /** All statuses, sorted by name. */
  list(): PluginStatus[] {
    return [...this.#statuses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): PluginStatus | undefined {
    return this.#statuses.get(name);
  }

  /** Moves a bundle to `state`. What the transition does not mention stays, but code, message and hint do not. */
  set(name: string, state: PluginState, { bundle, drop, fault, changes }: Transition = {}): void {
    const {
      code: _code,
      message: _message,
      hint: _hint,
      details: _details,
      ...kept
    } = this.#statuses.get(name) ?? {
      name,
      pluginIds: [],
      modules: [],
      openedRoutes: [],
    };
    this.#statuses.set(name, {
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
      ...fault?.toJSON(),
    });
    this.#log(name, state, fault);
  }

  /** Forgets a bundle that is gone. */
  delete(name: string): void {
    if (this.#statuses.delete(name)) this.#logger.info(`${name}: removed`);
  }

  /** Forgets an entry that was only discovered: it turned out to hold a bundle of another name, or none at all. */
  forgetDiscovered(entry: string): void {
    if (this.#statuses.get(entry)?.state === 'discovered') this.#statuses.delete(entry);
  }

  #log(name: string, state: PluginState, fault: StagedoorError | undefined): void {
    const version = this.#statuses.get(name)?.version;
    const title = version ? `${name}@${version}` : name;
    if (!fault) this.#logger[state === 'running' ? 'info' : 'debug'](`${title}: ${state}`);
    else {
      const text = `${title}: ${state}, ${fault.code}: ${fault.message} ${fault.hint ? `Remedy: ${fault.hint}` : ''}`;
      if (state === 'waiting') this.#logger.info(text);
      else this.#logger.error(text, fault.cause instanceof Error ? fault.cause : undefined);
    }
  }
}

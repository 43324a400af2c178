import type { HistoryEntry } from '../adminApi';
import type { PluginEvent } from '../lifecycle/eventLog';

/** A change that an operator requested and that is in progress. */
interface Requested {
  kind: HistoryEntry['kind'];
  by: string;
  began: number;
  /** The version that ran when it began. */
  from?: string;
  /** An install or update was recorded for it. */
  recorded?: boolean;
}

/** Dependencies of {@link Recorder}. */
export interface RecorderOptions {
  add(entry: Omit<HistoryEntry, 'id'>): void;
  /** The build of each plugin that ran last, before a restart of the portal. */
  ranLast: ReadonlyMap<string, { version: string; digest: string }>;
  /** The last lines of the log of a plugin. */
  lastLines(plugin: string): string[];
  now(): number;
}

/** Turns the events of the portal into the history of its plugins: what was done, by whom, and how it ended. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #requested = new Map<string, Requested>();
  readonly #ran: Map<string, { version: string; digest: string }>;
  readonly #began = new Map<string, number>();
  /** By plugin, what was recorded last of a build that did not start: it is tried again and again. */
  readonly #failed = new Map<string, string>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#ran = new Map(options.ranLast);
  }

  /** Takes an event into account. */
  follow(event: PluginEvent): void {
    if (event.type === 'operation') this.#operation(event);
    else if (event.type === 'state') this.#state(event);
  }

  #operation({ plugin, time, operation, code, message }: PluginEvent): void {
    const { kind, by, status } = operation!;
    const now = this.#options.now();
    if (status === 'running') {
      this.#requested.set(plugin, { kind, by, began: now, from: this.#last(plugin)?.version });
      return;
    }
    const requested = this.#requested.get(plugin);
    this.#requested.delete(plugin);
    if (!requested || requested.recorded) return;
    const to = kind === 'disable' || kind === 'remove' ? undefined : this.#last(plugin)?.version;
    this.#options.add({
      ...{ plugin, kind, at: time, by, outcome: status, durationMs: Math.round(now - requested.began) },
      ...(requested.from && { from: requested.from }),
      ...(to && status === 'succeeded' && { to }),
      ...(code && { code, message }),
    });
  }

  #state({ plugin, time, state, from: before, version, digest, code, message }: PluginEvent): void {
    const now = this.#options.now();
    if (state === 'staging') this.#began.set(plugin, now);
    else if (state === 'running' && version && digest) this.#runs(plugin, time, { version, digest });
    else if (state === 'failed' || state === 'rejected')
      this.#didNotStart({ plugin, time, version, digest, code, message });
    else if ((state === 'backoff' || state === 'quarantined') && before !== undefined && before !== state) {
      const lines = this.#options.lastLines(plugin);
      this.#options.add({
        ...{ plugin, kind: state === 'backoff' ? 'crash' : 'quarantine', at: time, outcome: 'failed' },
        ...(version && { from: version }),
        ...(code && { code, message }),
        ...(lines.length > 0 && { lines }),
      });
    } else if (state === 'stopped' && before !== 'discovered') {
      const last = this.#last(plugin);
      this.#ran.delete(plugin);
      if (last && this.#requested.get(plugin)?.kind !== 'remove') {
        this.#options.add({ plugin, kind: 'remove', at: time, from: last.version, outcome: 'succeeded' });
      }
    }
  }

  #runs(plugin: string, at: string, build: { version: string; digest: string }): void {
    const last = this.#last(plugin);
    this.#ran.set(plugin, build);
    this.#failed.delete(plugin);
    if (last?.digest === build.digest) return;
    this.#change(plugin, at, { ...(last && { from: last.version }), to: build.version, outcome: 'succeeded' });
  }

  #didNotStart({ plugin, time, version, digest, code, message }: PluginFailure): void {
    const last = this.#last(plugin);
    if (digest !== undefined && last?.digest === digest) return;
    const same = `${digest} ${code}`;
    if (this.#failed.get(plugin) === same) return;
    this.#failed.set(plugin, same);
    this.#change(plugin, time, {
      ...(last && { from: last.version }),
      ...(version && { to: version }),
      outcome: 'failed',
      ...(code && { code, message }),
    });
  }

  /** An install or update, by an operator if one requested it; rollback and the like are recorded when they end. */
  #change(
    plugin: string,
    at: string,
    change: Pick<HistoryEntry, 'from' | 'to' | 'outcome' | 'code' | 'message'>,
  ): void {
    const requested = this.#requested.get(plugin);
    if (requested && requested.kind !== 'upload') return;
    if (requested) requested.recorded = true;
    const began = requested?.began ?? this.#began.get(plugin);
    this.#options.add({
      ...{ plugin, kind: change.from === undefined ? 'install' : 'update', at, ...change },
      ...(requested && { by: requested.by }),
      ...(began !== undefined && { durationMs: Math.round(this.#options.now() - began) }),
    });
  }

  #last(plugin: string): { version: string; digest: string } | undefined {
    return this.#ran.get(plugin);
  }
}

type PluginFailure = Pick<PluginEvent, 'plugin' | 'time' | 'version' | 'digest' | 'code' | 'message'>;

import type { RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import { concurrently, isStagedoorError, type StagedoorError, type HostManifest } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../policy/policy';
import type { SignatureVerdict } from '../policy/signatures';
import type { StagedBundle } from '../stage/stagedBundle';
import { readSchemaEntries, schemaLimit, type SchemaEntry } from './configSchema';
import { TooManySchemas } from './configVisibility';
import type { PassedChecks } from './passedChecks';
import { SchemaWorkers } from './schemaWorker/schemaWorkers';
import { Secrets } from './secrets';
import { laterPeers, validateBundle } from './validateBundle';
import { validateConfig } from './validateConfig';
import { validateTogether } from './validateTogether';
import { VisibilityClaims } from './visibilityClaims';

/** What a bundle is held against before any of its code runs. */
export interface GateOptions {
  host: HostManifest;
  policy: Policy;
  config: RootConfigService;
  /** The newest version of a package that has served. */
  newest(name: string): string | undefined;
  /** Remembers app-config that matched; absent where there is nowhere to keep it. */
  passed?: PassedChecks;
  /** Learns what to hide; absent where somebody else sees to that. */
  rootLogger?: RootLoggerService;
  /** Whether a bundle is loaded, or on its way: what it says of who may see app-config holds. Default: none is. */
  counts?(name: string): boolean;
  /** The threads that check app-config, which may have been started already. */
  workers?: SchemaWorkers;
}

/** What the gate found; with a fault the bundle must not run. */
export interface GateResult {
  /** Undefined where nobody asks for signatures, or the bundle was refused before. */
  signature?: SignatureVerdict;
  fault?: StagedoorError;
  /** True where nothing was found within the time that was given; the next check goes on from there. */
  late?: boolean;
}

/** How a bundle is checked. */
export interface CheckOptions {
  /**
   * How long a schema may take to be compiled and app-config to be held against it, in milliseconds; what takes longer is
   * `late`. The start of a thread for it, and the wait for one, do not count. Default: as long as it takes.
   */
  patienceMs?: number;
}

/** A check of app-config under way: when a thread was at it, and its end. */
interface ConfigChecking {
  begun: Promise<void>;
  checked: Promise<void>;
}

/** Everything that is decided about a staged bundle without running it: what it declares, policy, app-config. */
export class Gate {
  readonly #options: GateOptions;
  readonly #workers: SchemaWorkers;
  readonly #secrets: Secrets | undefined;
  readonly #claims: VisibilityClaims;
  readonly #schemas = new WeakMap<StagedBundle, SchemaEntry[]>();
  /** Schemas that {@link prepare} has read, until the bundle is checked by itself. */
  readonly #prepared = new WeakMap<StagedBundle, SchemaEntry[]>();
  /** Checks of app-config that nobody waited for. */
  readonly #late = new WeakMap<StagedBundle, ConfigChecking>();
  /** Digests of bundles of which it was said that they are for an earlier host. */
  readonly #told = new Set<string>();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#workers = options.workers ?? new SchemaWorkers();
    this.#claims = new VisibilityClaims(options.counts ?? (() => false));
    this.#secrets = options.rootLogger && new Secrets(options.config, options.rootLogger);
  }

  /** The config schemas of a bundle that was checked. */
  schemasOf(bundle: StagedBundle): SchemaEntry[] {
    return this.#schemas.get(bundle) ?? [];
  }

  /** The places in app-config that are secret now; see {@link Secrets.places}. */
  async secrets(): Promise<ReadonlySet<string>> {
    return (await this.#secrets?.places()) ?? new Set();
  }

  /**
   * Holds a staged bundle against the host, the operator's policy and app-config, in this order: nothing of a bundle that
   * policy refuses is compiled. With `patienceMs`, app-config may be `late`.
   */
  async check(bundle: StagedBundle, { patienceMs }: CheckOptions = {}): Promise<GateResult> {
    let signature: SignatureVerdict | undefined;
    try {
      validateBundle(bundle, this.#options.host);
      this.#tellLaterPeers(bundle);
      const admission = await this.#options.policy.admit(bundle, this.#options.newest(bundle.name));
      signature = admission.signature;
      if (admission.refusal) throw admission.refusal;
      return (await this.#inTime(bundle, patienceMs)) ? { signature } : { signature, late: true };
    } catch (error) {
      if (!isStagedoorError(error)) throw error;
      return { signature, fault: error };
    }
  }

  /**
   * Hides from all logs what a bundle calls secret of which nothing else is checked. A schema that cannot be read hides nothing.
   * Throws CONFIG_SCHEMA_LIMIT.
   */
  async hideSecretsOf(bundle: StagedBundle): Promise<void> {
    const entries = await readSchemaEntries(bundle).catch(() => []);
    this.#schemas.set(bundle, entries);
    this.#hide(bundle, entries);
  }

  /** Checks what can be checked of many bundles at once: see {@link validateTogether}. Each is still to be checked by itself. */
  async prepare(bundles: readonly StagedBundle[]): Promise<void> {
    const { host, newest, policy } = this.#options;
    const untold = policy.untold();
    const admitted = await concurrently(bundles, async (bundle) => {
      try {
        validateBundle(bundle, host);
        const { refusal } = await untold.admit(bundle, newest(bundle.name));
        if (refusal) return undefined;
        const entries = await readSchemaEntries(bundle);
        this.#prepared.set(bundle, entries);
        return { bundle, entries };
      } catch {
        // Told when it is checked.
        return undefined;
      }
    });
    const schemas = admitted.filter((found) => found !== undefined);
    await validateTogether(schemas, { ...this.#options, workers: this.#workers });
  }

  /** Ends what is under way. */
  close(): void {
    this.#workers.close();
  }

  /** Says once of a bundle that the host has moved on since it was made. */
  #tellLaterPeers(bundle: StagedBundle): void {
    const { host, rootLogger } = this.#options;
    const { name, version, digest } = bundle;
    const later = rootLogger && !this.#told.has(digest) ? laterPeers(bundle, host) : [];
    if (later.length === 0) return;
    this.#told.add(digest);
    rootLogger!.warn(
      `${name}@${version} was made for an earlier release of Backstage; this portal has ${later.join(', ')}. ` +
        'It is loaded. If it fails, export it against the release of the portal.',
    );
  }

  /** Checks app-config, or goes on with a check; false where that takes longer than it may. */
  async #inTime(bundle: StagedBundle, patienceMs: number | undefined): Promise<boolean> {
    const checking = this.#late.get(bundle) ?? this.#begin(bundle);
    this.#late.delete(bundle);
    const { begun, checked } = checking;
    if (patienceMs === undefined) {
      await checked;
      return true;
    }
    const given = new AbortController();
    const outOfTime = begun.then(() => sleep(patienceMs, false, { signal: given.signal })).catch(() => false);
    const inTime = await Promise.race([checked.then(() => true), outOfTime]).finally(() => given.abort());
    if (inTime) return true;
    checked.catch(() => {});
    this.#late.set(bundle, checking);
    return false;
  }

  #begin(bundle: StagedBundle): ConfigChecking {
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    return { begun, checked: this.#checkConfig(bundle, begin) };
  }

  /** What is secret is hidden first: from here on the bundle, and whoever speaks of it, may log. */
  async #checkConfig(bundle: StagedBundle, begun: () => void): Promise<void> {
    const entries = this.#prepared.get(bundle) ?? (await readSchemaEntries(bundle));
    this.#prepared.delete(bundle);
    this.#schemas.set(bundle, entries);
    if (entries.length === 0) return;
    this.#hide(bundle, entries);
    const { config, passed } = this.#options;
    this.#claim(bundle, entries);
    await validateConfig(bundle, entries, { config, workers: this.#workers, passed, begun });
  }

  #claim({ name }: StagedBundle, entries: readonly SchemaEntry[]): void {
    const schemas = entries.map(({ value }) => value);
    this.#claims.take(name, schemas, this.#options.config.get());
  }

  #hide(bundle: StagedBundle, entries: readonly SchemaEntry[]): void {
    if (entries.length === 0) return;
    try {
      this.#secrets?.add(bundle.name, entries);
    } catch (error) {
      if (!(error instanceof TooManySchemas)) throw error;
      throw schemaLimit(bundle.name, entries[0]!.path, error.message);
    }
  }
}

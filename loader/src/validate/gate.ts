import type { RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import { concurrently, isStagedoorError, type StagedoorError, type HostManifest } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../policy/policy';
import { versionModeOf } from '../policy/versions';
import type { VersionSettings } from '../settings/versions';
import type { SignatureVerdict } from '../policy/signatures';
import type { StagedBundle } from '../stage/stagedBundle';
import { readSchemaEntries, type SchemaEntry } from './configSchema';
import { TooManySchemas } from './configVisibility';
import { configSchemaLimit } from './errors';
import type { PassedChecks } from './passedChecks';
import { SchemaWorkers } from './schemaWorker/schemaWorkers';
import { Secrets } from './secrets';
import { laterPeers, laterThanApp, unsupportedRelease, validateBundle } from './validateBundle';
import { validateConfig } from './validateConfig';
import { validateTogether } from './validateTogether';
import { VisibilityClaims } from './visibilityClaims';

/** What a bundle is checked against before any of its code runs. */
export interface GateOptions {
  host: HostManifest;
  policy: Policy;
  config: RootConfigService;
  /** What is done about bundles for other releases of Backstage. */
  versions: VersionSettings;
  /** The newest version of a package that has served. */
  newest(name: string): string | undefined;
  /** Cache of matching app-config; absent if it cannot be stored. */
  passed?: PassedChecks;
  /** Receives the secrets to hide; absent if other code does that. */
  rootLogger?: RootLoggerService;
  /** Whether a bundle is loaded, or on its way: what it says of who may see app-config holds. Default: none is. */
  counts?(name: string): boolean;
  /** The threads that check app-config, which may have been started already. */
  workers?: SchemaWorkers;
}

/** The result of the gate; with an error the bundle must not run. */
export interface GateResult {
  /** Undefined if signatures are not required, or the bundle was rejected before. */
  signature?: SignatureVerdict;
  fault?: StagedoorError;
  /** True if the check did not end in time; the next check continues it. */
  late?: boolean;
}

/** Options of a check. */
export interface CheckOptions {
  /**
   * Time limit in milliseconds for compiling a schema and checking app-config; after it the result is `late`. Starting a
   * thread, and waiting for one, do not count. Default: no limit.
   */
  patienceMs?: number;
}

/** A running check of app-config: when a thread began it, and its result. */
interface ConfigChecking {
  begun: Promise<void>;
  checked: Promise<void>;
}

/** All decisions about a staged bundle without running it: its declarations, policy, app-config. */
export class Gate {
  readonly #options: GateOptions;
  readonly #workers: SchemaWorkers;
  readonly #secrets: Secrets | undefined;
  readonly #claims: VisibilityClaims;
  readonly #schemas = new WeakMap<StagedBundle, SchemaEntry[]>();
  /** Schemas that {@link prepare} has read, until the bundle is checked by itself. */
  readonly #prepared = new WeakMap<StagedBundle, SchemaEntry[]>();
  /** Checks of app-config that run in the background. */
  readonly #late = new WeakMap<StagedBundle, ConfigChecking>();
  /** Digests of bundles that were already reported as made for another host. */
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

  /** Hides in a text what the portal's log hides; see {@link Secrets.redactor}. */
  async redactor(): Promise<(text: string) => string> {
    return (await this.#secrets?.redactor()) ?? ((text) => text);
  }

  /** The secret places in app-config; see {@link Secrets.places}. */
  async secrets(): Promise<ReadonlySet<string>> {
    return (await this.#secrets?.places()) ?? new Set();
  }

  /**
   * Checks a staged bundle against the host, the operator's policy and app-config, in this order: schemas of bundles that the
   * policy rejects are not compiled. With `patienceMs`, app-config may be `late`.
   */
  async check(bundle: StagedBundle, { patienceMs }: CheckOptions = {}): Promise<GateResult> {
    let signature: SignatureVerdict | undefined;
    try {
      validateBundle(bundle, this.#options.host);
      this.#checkRelease(bundle);
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
   * Hides the secrets of a bundle that is not checked otherwise from all logs. An unreadable schema hides nothing. Throws
   * CONFIG_SCHEMA_LIMIT.
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
        // Reported when it is checked.
        return undefined;
      }
    });
    const schemas = admitted.filter((found) => found !== undefined);
    await validateTogether(schemas, { ...this.#options, workers: this.#workers });
  }

  /** Ends running checks. */
  close(): void {
    this.#workers.close();
  }

  /**
   * Reports once for each bundle that it was made for another release than the host's. Throws BACKSTAGE_VERSION_UNSUPPORTED, or
   * PEER_UNSATISFIED for the app's part of it, if the settings refuse it.
   */
  #checkRelease(bundle: StagedBundle): void {
    const { host, rootLogger, versions } = this.#options;
    const { name, version, digest } = bundle;
    const mode = versionModeOf(name, versions);
    const unsupported =
      mode === 'ignore' ? undefined : (laterThanApp(bundle, host) ?? unsupportedRelease(bundle, host));
    if (unsupported && mode === 'refuse') throw unsupported;
    const later = laterPeers(bundle, host);
    if (!rootLogger || this.#told.has(digest) || !(unsupported || later.length > 0)) return;
    this.#told.add(digest);
    const found = unsupported
      ? `${unsupported.code}: ${unsupported.message}`
      : `${name}@${version} was made for an earlier release of Backstage; this portal has ${later.join(', ')}.`;
    rootLogger.warn(`${found} It is loaded. If it fails, export it against the release of the portal.`);
  }

  /** Checks app-config, or continues a check; false if that takes too long. */
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

  /** Secrets are hidden first: from now on the bundle may log. */
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
      throw configSchemaLimit(bundle.name, entries[0]!.path, error.message);
    }
  }
}

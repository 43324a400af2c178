import type { RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import { isStagedoorError, type StagedoorError } from '@stagedoor/bundle';
import type { Policy } from '../policy/policy';
import type { SignatureVerdict } from '../policy/signatures';
import type { StagedBundle } from '../stage/stageDrop';
import type { HostManifest } from './host';
import { validateBundle } from './validateBundle';
import { compileEntries, compileSchemas, readSchemaEntries, type SchemaEntry } from './configSchema';
import { Secrets } from './secrets';
import { validateConfig } from './validateConfig';

/** What a bundle is held against before any of its code runs. */
export interface GateOptions {
  host: HostManifest;
  policy: Policy;
  config: RootConfigService;
  /** Learns what to hide; absent where somebody else sees to that. */
  rootLogger?: RootLoggerService;
}

/** What the gate found; with a fault the bundle must not run. */
export interface GateResult {
  /** Undefined where nobody asks for signatures, or the bundle was refused before. */
  signature?: SignatureVerdict;
  fault?: StagedoorError;
}

/** Everything that is decided about a staged bundle without running it: what it declares, policy, app-config. */
export class Gate {
  readonly #options: GateOptions;
  readonly #secrets: Secrets | undefined;
  readonly #schemas = new WeakMap<StagedBundle, SchemaEntry[]>();
  /** Whose next check need not look at app-config: it suits them. */
  readonly #suited = new WeakSet<StagedBundle>();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#secrets = options.rootLogger && new Secrets(options.config, options.rootLogger);
  }

  /** The config schemas of a bundle that was checked. */
  schemasOf(bundle: StagedBundle): SchemaEntry[] {
    return this.#schemas.get(bundle) ?? [];
  }

  /**
   * Holds app-config against the schemas of many bundles that are about to be checked, as one: each by itself takes some
   * ten milliseconds. Where something is wrong, the check of each finds what.
   */
  async checkConfigOf(bundles: readonly StagedBundle[]): Promise<void> {
    const found = await Promise.all(bundles.map((bundle) => readSchemaEntries(bundle).catch(() => undefined)));
    const all = found.flatMap((entries) => entries ?? []);
    if (all.length === 0) return;
    try {
      const schema = await compileEntries(all);
      this.#secrets?.add('', schema);
      validateConfig('all bundles', schema, this.#options.config);
    } catch {
      return;
    }
    for (const [index, bundle] of bundles.entries()) {
      const entries = found[index];
      if (!entries) continue;
      this.#schemas.set(bundle, entries);
      this.#suited.add(bundle);
    }
  }

  /** The texts in app-config that are secret now; see {@link Secrets.texts}. */
  async secrets(): Promise<ReadonlySet<string>> {
    return (await this.#secrets?.texts()) ?? new Set();
  }

  /** Holds a staged bundle against the host, the operator's policy and app-config, in this order. */
  async check(bundle: StagedBundle): Promise<GateResult> {
    const { host, policy } = this.#options;
    let signature: SignatureVerdict | undefined;
    try {
      validateBundle(bundle, host);
      const admission = await policy.admit(bundle);
      signature = admission.signature;
      if (admission.refusal) throw admission.refusal;
      await this.#checkConfig(bundle);
      return { signature };
    } catch (error) {
      if (!isStagedoorError(error)) throw error;
      return { signature, fault: error };
    }
  }

  /** What is secret is hidden first: from here on the bundle, and whoever speaks of it, may log. */
  async #checkConfig(bundle: StagedBundle): Promise<void> {
    if (this.#suited.delete(bundle)) return;
    const entries = await readSchemaEntries(bundle);
    this.#schemas.set(bundle, entries);
    if (entries.length === 0) return;
    const schema = await compileSchemas(bundle, entries);
    this.#secrets?.add(bundle.name, schema);
    validateConfig(bundle.name, schema, this.#options.config);
  }
}

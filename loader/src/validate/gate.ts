import type { RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import { isStagedoorError, type StagedoorError } from '@stagedoor/bundle';
import type { Policy } from '../policy/policy';
import type { SignatureVerdict } from '../policy/signatures';
import type { StagedBundle } from '../stage/stageDrop';
import type { HostManifest } from './host';
import { validateBundle } from './validateBundle';
import { readConfigSchema, type SchemaEntry } from './configSchema';
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

  constructor(options: GateOptions) {
    this.#options = options;
    this.#secrets = options.rootLogger && new Secrets(options.config, options.rootLogger);
  }

  /** The config schemas of a bundle that was checked. */
  schemasOf(bundle: StagedBundle): SchemaEntry[] {
    return this.#schemas.get(bundle) ?? [];
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
    const found = await readConfigSchema(bundle);
    if (!found) return;
    this.#schemas.set(bundle, found.entries);
    this.#secrets?.add(bundle.name, found.schema);
    validateConfig(bundle.name, found.schema, this.#options.config);
  }
}

import type { Config } from '@backstage/config';
import { isStagedoorError, type StagedoorError } from '@stagedoor/bundle';
import type { Policy } from '../policy/policy';
import type { SignatureVerdict } from '../policy/signatures';
import type { StagedBundle } from '../stage/stageDrop';
import type { HostManifest } from './host';
import { validateBundle } from './validateBundle';
import { validateConfig } from './validateConfig';

/** What a bundle is held against before any of its code runs. */
export interface GateOptions {
  host: HostManifest;
  policy: Policy;
  config: Config;
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

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Holds a staged bundle against the host, the operator's policy and app-config, in this order. */
  async check(bundle: StagedBundle): Promise<GateResult> {
    const { host, policy, config } = this.#options;
    let signature: SignatureVerdict | undefined;
    try {
      validateBundle(bundle, host);
      const admission = await policy.admit(bundle);
      signature = admission.signature;
      if (admission.refusal) throw admission.refusal;
      await validateConfig(bundle, config);
      return { signature };
    } catch (error) {
      if (!isStagedoorError(error)) throw error;
      return { signature, fault: error };
    }
  }
}

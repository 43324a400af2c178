import type { StagedoorError } from '@stagedoor/bundle';
import { isStagedoorError } from '@stagedoor/bundle';
import type { HttpRouterServiceAuthPolicy } from '@backstage/backend-plugin-api';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stagedBundle';
import type { OnDecision, PolicyDecision } from './decision';
import { checkDowngrade } from './downgrades';
import { rootRouteRefused, replacementRefused } from './errors';
import { isListed } from './opening';
import { checkPackage } from './packageRules';
import { excuseFor, judgeSignatures, type SignatureVerdict } from './signatures';

/** The settings that define the policy. */
export type PolicySettings = Pick<Settings, 'auth' | 'services' | 'signatures' | 'packages' | 'downgrades'>;

/** Policy of a portal without settings for dynamic plugins, and so without bundles. */
export const DEFAULT_POLICY: PolicySettings = {
  auth: { unauthenticated: 'declared', open: {}, rootRoutes: {} },
  services: [],
  signatures: { mode: 'off', trustedKeys: [], allowUnsigned: [] },
  packages: { deny: [] },
  downgrades: { mode: 'allow', allow: [], refuse: [] },
};

/** The signature verdict, and whether it allows the bundle. */
export interface Admission {
  /** Undefined if signatures are not required. */
  signature?: SignatureVerdict;
  refusal?: StagedoorError;
}

/**
 * The operator's policy for bundles. Every refusal, warning and exception is reported to `onDecision`; what is allowed to all
 * bundles is not.
 */
export class Policy {
  readonly #settings: PolicySettings;
  readonly #onDecision: OnDecision;

  constructor(settings: PolicySettings, onDecision: OnDecision = () => {}) {
    this.#settings = settings;
    this.#onDecision = onDecision;
  }

  /** The same policy without reporting. */
  untold(): Policy {
    return new Policy(this.#settings);
  }

  /**
   * Decides whether a staged copy may be loaded, before any of it runs. `newest` is the newest version of its package that
   * has served. Throws PACKAGE_DENIED and DOWNGRADE_REFUSED; refusals because of signatures (SIGNATURE_MISSING,
   * SIGNATURE_UNTRUSTED, SIGNATURE_INVALID, DIGEST_MISMATCH) are returned with the verdict.
   */
  async admit(bundle: StagedBundle, newest: string | undefined): Promise<Admission> {
    this.#decide('packages', bundle, () => checkPackage(bundle, this.#settings.packages));
    const admission = this.#settings.signatures.mode === 'off' ? {} : await this.#admitSigned(bundle);
    if (!admission.refusal) {
      this.#decide('downgrades', bundle, () => checkDowngrade(bundle, newest, this.#settings.downgrades));
    }
    return admission;
  }

  /** Allows a bundle to replace a host service that is listed. Throws SERVICE_REPLACEMENT_REFUSED. */
  checkReplacement(bundle: StagedBundle, serviceId: string): void {
    const what = `${bundle.name} replaces the service '${serviceId}' of the host`;
    this.#decide(
      'services',
      bundle,
      () => {
        if (this.#settings.services.includes(serviceId)) return;
        throw replacementRefused(`${what}.`, serviceId);
      },
      `${what}, for its own plugin.`,
    );
  }

  /** Allows a bundle to mount a listed path on the root router. Throws ROOT_ROUTE_REFUSED. */
  checkRootRoute(owner: string, pluginId: string, path: string): void {
    const what = `Plugin '${pluginId}' mounts '${path}' on the root HTTP router, outside the session check`;
    this.#decide(
      'auth.rootRoutes',
      { name: owner },
      () => {
        if (this.#settings.auth.rootRoutes[pluginId]?.includes(path)) return;
        throw rootRouteRefused(`${what}.`, pluginId);
      },
      `${what}.`,
    );
  }

  /**
   * False for a path that must stay closed although a bundle declares it open. A bundle may open paths of its own plugin,
   * with `auth.unauthenticated: listed` only listed ones; paths of a plugin that it extends (`foreign`) only if they are
   * listed, whatever that setting says. Paths that require a user cookie are not affected, because they are not reachable
   * without a session.
   */
  mayOpen(owner: string, pluginId: string, { path, allow }: HttpRouterServiceAuthPolicy, foreign: boolean): boolean {
    const { unauthenticated, open } = this.#settings.auth;
    if (allow !== 'unauthenticated' || (unauthenticated === 'declared' && !foreign)) return true;
    const bundle = { name: owner };
    const url = `/api/${pluginId}${path}`;
    // Backstage accepts patterns of other types, which cannot be compared.
    if (typeof path === 'string' && isListed(path, open[pluginId] ?? [])) {
      this.#tell('auth.unauthenticated', 'allowed', bundle, { message: `${owner} opens ${url}, which is listed.` });
      return true;
    }
    const whose = foreign ? ', which is not its own plugin,' : '';
    this.#tell('auth.unauthenticated', 'refused', bundle, {
      code: 'OPEN_ROUTE_REFUSED',
      message: `${owner} declares ${url}${whose} open; it is not listed and stays closed to callers without a session.`,
      hint: `List the path under dynamicPlugins.auth.open.${pluginId} if everybody may call it.`,
    });
    return false;
  }

  async #admitSigned(bundle: StagedBundle): Promise<Admission> {
    const { signatures } = this.#settings;
    const { verdict, fault } = await judgeSignatures(bundle.dir, bundle.name, signatures);
    const excuse = fault && excuseFor(fault, bundle, signatures);
    if (!fault) {
      const message = `${bundle.name} is signed by ${verdict.signedBy.join(', ')}.`;
      this.#tell('signatures', 'allowed', bundle, { message });
    } else if (excuse?.digest) {
      const message = `${fault.message} Its digest is listed under dynamicPlugins.signatures.allowUnsigned.`;
      this.#tell('signatures', 'allowed', bundle, { message });
    } else if (excuse) {
      const message = `${fault.message} Its name alone is listed under dynamicPlugins.signatures.allowUnsigned.`;
      const hint = `List '${bundle.name}@sha256:${bundle.digest}' instead: any bundle can take a name.`;
      this.#tell('signatures', 'warned', bundle, { code: fault.code, message, hint });
    } else {
      const { code, message, hint } = fault;
      const outcome = signatures.mode === 'warn' ? 'warned' : 'refused';
      this.#tell('signatures', outcome, bundle, { code, message, hint });
      if (outcome === 'refused') return { signature: verdict, refusal: fault };
    }
    return { signature: verdict };
  }

  /** Runs a check that throws a refusal. Reports the refusal, or the permission if `exception` describes it. */
  #decide(setting: PolicyDecision['setting'], bundle: Subject, check: () => void, exception?: string): void {
    try {
      check();
    } catch (error) {
      if (isStagedoorError(error)) {
        const { code, message, hint } = error;
        this.#tell(setting, 'refused', bundle, { code, message, hint });
      }
      throw error;
    }
    if (exception) this.#tell(setting, 'allowed', bundle, { message: exception });
  }

  #tell(
    setting: PolicyDecision['setting'],
    outcome: PolicyDecision['outcome'],
    { name, version, digest }: Subject,
    said: Pick<PolicyDecision, 'code' | 'message' | 'hint'>,
  ): void {
    this.#onDecision({ setting, outcome, plugin: name, version, digest, ...said });
  }
}

/** The bundle that a decision is about; once it runs, only the owner's name is known. */
interface Subject {
  name: string;
  version?: string;
  digest?: string;
}

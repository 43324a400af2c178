import type { BackstageCredentials, BackstageUserInfo, RootLoggerService } from '@backstage/backend-plugin-api';
import { AuthorizeResult, type DefinitivePolicyDecision, type Permission } from '@backstage/plugin-permission-common';
import { isPlugin, type Registration, type RegistrationsFeature } from '../host/features';
import type { AccessRules } from './accessRules';
import { isWrite } from './permissions';

/** Extension point of Backstage's permission plugin that takes the policy (plugin-permission-node). */
const POLICY_POINT = 'permission.policy';

/** Id of plugin-permission-backend-module-allow-all-policy, which create-app puts into every app. */
const ALLOW_ALL_MODULE = 'allow-all-policy';

const NO_POLICY =
  "No permission policy decides who may change dynamic plugins (Backstage's allow-all policy does not): only " +
  'dynamicPlugins.operators may, and every other permission is allowed. To decide both, install a module for the permission ' +
  'plugin that sets a policy.';

/** The part of a permission policy that is used here (plugin-permission-node, `PermissionPolicy`). */
interface Policy {
  handle(
    request: { permission: Permission },
    user?: { credentials: BackstageCredentials; info: BackstageUserInfo },
  ): Promise<DefinitivePolicyDecision>;
}

interface PolicyPoint {
  setPolicy(policy: unknown): void;
}

/** An extension point that a plugin registers (backend-plugin-api, `InternalBackendPluginRegistration`). */
interface ExtensionPointEntry {
  extensionPoint: { id: string };
  factory(context: unknown): unknown;
}

/** The extension points of permission plugins that have a fallback. */
const watchedPoints = new WeakSet<object>();

/** Dependencies of {@link withFallbackPolicy}. */
export interface FallbackOptions {
  rules: AccessRules;
  /** Names of bundles that should set a policy and are not running. */
  failedPolicies(): readonly string[];
  logger: RootLoggerService;
}

/** Sets the fallback of one permission plugin. */
type SetFallback = (point: PolicyPoint) => void;

/**
 * Features of a host whose permission plugin can start without a policy. Then only operators may change plugins, and
 * everything else is allowed as if permissions were off, unless a bundle that should set the policy is not running.
 * Backstage's allow-all module does not count as a policy, because it is not a decision about who may run code in the portal;
 * a policy from a bundle replaces it.
 */
export function withFallbackPolicy(
  features: readonly RegistrationsFeature[],
  options: FallbackOptions,
): RegistrationsFeature[] {
  const setFallback: SetFallback = (point) => {
    point.setPolicy(fallbackPolicy(options));
    if (options.rules.policyEnabled) options.logger.warn(NO_POLICY);
  };
  return features.map((feature) => ({
    $$type: feature.$$type,
    version: feature.version,
    featureType: feature.featureType,
    getRegistrations: () => feature.getRegistrations().map((registration) => adapt(registration, setFallback)),
  }));
}

/** Lets operators change plugins and everybody do everything else, unless the bundle that should set the policy failed. */
function fallbackPolicy({ rules: { operators }, failedPolicies }: FallbackOptions): Policy {
  return {
    async handle({ permission }, user) {
      if (!isWrite(permission)) {
        return { result: failedPolicies().length > 0 ? AuthorizeResult.DENY : AuthorizeResult.ALLOW };
      }
      const listed =
        user !== undefined &&
        (await operators.include(user.info.userEntityRef, async () => user.info.ownershipEntityRefs));
      return { result: listed ? AuthorizeResult.ALLOW : AuthorizeResult.DENY };
    },
  };
}

function adapt(registration: Registration, setFallback: SetFallback): Registration {
  if (takesPolicy(registration)) return withPolicy(registration, setFallback);
  return isAllowAll(registration) ? withoutPolicy(registration) : registration;
}

/** A registration of the permission plugin that sets the fallback if no module has set a policy before its init. */
function withPolicy(registration: Registration, setFallback: SetFallback): Registration {
  const entry = registration.extensionPoints.find(isPolicyPoint)!;
  const point = entry.factory({}) as PolicyPoint;
  let isSet = false;
  const watched: PolicyPoint = {
    setPolicy(policy) {
      point.setPolicy(policy);
      isSet = true;
    },
  };
  watchedPoints.add(watched);
  const { deps, func } = registration.init;
  return {
    ...registration,
    extensionPoints: registration.extensionPoints.map((other) =>
      other === entry ? { ...entry, factory: () => watched } : other,
    ),
    init: {
      deps,
      async func(impls) {
        if (!isSet) setFallback(point);
        await func(impls);
      },
    },
  };
}

/** A module that does not set a policy if the permission plugin has a fallback. */
function withoutPolicy(registration: Registration): Registration {
  const { deps, func } = registration.init;
  return {
    ...registration,
    init: {
      deps,
      async func(impls) {
        if (!Object.values(impls).some((impl) => watchedPoints.has(impl as object))) await func(impls);
      },
    },
  };
}

function takesPolicy(registration: Registration): boolean {
  return isPlugin(registration) && registration.extensionPoints.some(isPolicyPoint);
}

function isPolicyPoint(entry: unknown): entry is ExtensionPointEntry {
  return (entry as Partial<ExtensionPointEntry>).extensionPoint?.id === POLICY_POINT;
}

function isAllowAll({ pluginId, moduleId }: Registration): boolean {
  return pluginId === 'permission' && moduleId === ALLOW_ALL_MODULE;
}

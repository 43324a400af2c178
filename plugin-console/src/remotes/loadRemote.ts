import type { FrontendFeature, FrontendFeatureLoader } from '@backstage/frontend-plugin-api';
import type { createInstance } from '@module-federation/runtime';
import type { Remote } from './listRemotes';

/** What a remote may bring. */
export type RemoteFeature = FrontendFeature | FrontendFeatureLoader;

/** What came of loading a remote. */
export interface Loaded {
  features: RemoteFeature[];
  /** Why some of its modules are missing. */
  failure?: string;
}

/** Loads remotes into this page. */
export type Federation = Pick<ReturnType<typeof createInstance>, 'loadRemote'>;

const TIMEOUT_MS = 15_000;
const TYPES = new Set<unknown>([
  '@backstage/FrontendPlugin',
  '@backstage/FrontendModule',
  '@backstage/FrontendFeatureLoader',
]);

/**
 * Loads every module that a remote exposes, and gives every feature among their default exports, as
 * `@backstage/frontend-dynamic-feature-loader` does. Rejects with the reason, for people, where there is none.
 */
export async function loadRemote(federation: Federation, remote: Remote): Promise<Loaded> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fault = new Error(`It did not load within ${TIMEOUT_MS / 1000} seconds.`);
    timer = setTimeout(() => reject(fault), TIMEOUT_MS);
  });
  try {
    return await Promise.race([loadModules(federation, remote), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function loadModules(federation: Federation, { remoteInfo, exposedModules }: Remote): Promise<Loaded> {
  const { name } = remoteInfo;
  const results = await Promise.allSettled(
    exposedModules.map((module) =>
      federation.loadRemote<{ default?: unknown }>(module === '.' ? name : `${name}/${module}`),
    ),
  );
  const modules = results.flatMap((result, at) => {
    const value = result.status === 'fulfilled' ? result.value?.default : undefined;
    return isFeature(value) ? [{ module: exposedModules[at]!, feature: value }] : [];
  });
  const features = withoutTwice(modules, name);
  const failed = results.flatMap((result, at) =>
    result.status === 'rejected' ? [{ module: exposedModules[at]!, reason: result.reason as unknown }] : [],
  );
  for (const { module, reason } of failed) console.error(`Module ${module} of ${name} did not load.`, reason);
  if (features.length === 0) {
    if (failed[0]) throw failed[0].reason;
    const all = exposedModules.join(', ');
    if (results.some(isOldPlugin)) throw new Error(OLD_SYSTEM);
    throw new Error(
      `None of its exposed modules (${all}) has a plugin of the new frontend system as its default export.`,
    );
  }
  if (!failed[0]) return { features };
  return { features, failure: `Its module ${failed[0].module} did not load: ${messageOf(failed[0].reason)}` };
}

/** A feature, and the module that it is the default export of. */
interface ModuleFeature {
  module: string;
  feature: RemoteFeature;
}

/**
 * The features of the modules. Where `.` and `alpha` both have a plugin of one id, as packages that support both frontend systems do,
 * that of `alpha` counts.
 */
function withoutTwice(modules: readonly ModuleFeature[], name: string): RemoteFeature[] {
  const ids = new Set(modules.filter(({ module }) => isAlpha(module)).map(({ feature }) => pluginIdOf(feature)));
  const counting = modules.filter(({ module, feature }) => {
    const id = pluginIdOf(feature);
    if (isAlpha(module) || id === undefined || !ids.has(id)) return true;
    console.info(`${name}: the plugin '${id}' of ${module} is left out; the one of alpha counts.`);
    return false;
  });
  return [...new Set(counting.map(({ feature }) => feature))];
}

function isAlpha(module: string): boolean {
  return module === 'alpha' || module === './alpha';
}

function pluginIdOf(feature: RemoteFeature): string | undefined {
  return feature.$$type === '@backstage/FrontendPlugin' ? feature.pluginId : undefined;
}

const OLD_SYSTEM =
  'It is a plugin of the old frontend system. Use a version of it that supports the new one, or wrap it with convertLegacyPlugin of ' +
  '@backstage/core-compat-api.';

/** True for a module that exports what `createPlugin` of `@backstage/core-plugin-api` makes. */
function isOldPlugin(result: PromiseSettledResult<object | null>): boolean {
  if (result.status !== 'fulfilled') return false;
  const exports = Object.values(result.value ?? {}) as Array<{ getId?: unknown; provide?: unknown } | undefined>;
  return exports.some((value) => typeof value?.getId === 'function' && typeof value.provide === 'function');
}

/** What was thrown, in words. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: string };
  return message ?? String(error);
}

/** Backstage stops the whole app at a version that it does not know. */
function isFeature(value: unknown): value is RemoteFeature {
  const { $$type, version } = (value ?? {}) as { $$type?: unknown; version?: unknown };
  return TYPES.has($$type) && version === 'v1';
}

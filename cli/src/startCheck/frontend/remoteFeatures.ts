import { ConfigReader } from '@backstage/config';
import { PAGE } from './openDocument';

/** A feature of the new frontend system, as `@backstage/frontend-plugin-api` makes it. */
interface Feature {
  $$type: string;
  version: string;
  pluginId?: string;
  id?: string;
  extensions?: Array<{ id?: unknown }>;
  loader?(context: { config: ConfigReader }): Promise<unknown[]>;
}

/** What the default export of a module brings. */
export interface ModuleFeatures {
  /** False where it is not a feature. */
  isFeature: boolean;
  /** The module has a plugin of the old frontend system. */
  isOld: boolean;
  pluginIds: string[];
  /** Plugins of which it brings a module. */
  extended: string[];
  extensions: string[];
  /** Why a feature loader of it could not be run. */
  warnings: string[];
}

const PLUGIN = '@backstage/FrontendPlugin';
const MODULE = '@backstage/FrontendModule';
const LOADER = '@backstage/FrontendFeatureLoader';

/** Reads the features of a module, those that a feature loader of it loads among them. */
export async function featuresOf(module: Record<string, unknown>): Promise<ModuleFeatures> {
  const found: ModuleFeatures = {
    isFeature: asFeature(module.default) !== undefined,
    isOld: Object.values(module).some(isOldPlugin),
    ...{ pluginIds: [], extended: [], extensions: [], warnings: [] },
  };
  await collect(module.default, found, new Set());
  return found;
}

async function collect(value: unknown, found: ModuleFeatures, seen: Set<unknown>): Promise<void> {
  const feature = asFeature(value);
  if (!feature || seen.has(feature)) return;
  seen.add(feature);
  const id = feature.pluginId ?? feature.id;
  if (feature.$$type === PLUGIN && id !== undefined) found.pluginIds.push(id);
  if (feature.$$type === MODULE && id !== undefined) found.extended.push(id);
  found.extensions.push(
    ...(feature.extensions ?? []).flatMap(({ id: extension }) => (typeof extension === 'string' ? [extension] : [])),
  );
  if (feature.$$type !== LOADER) return;
  for (const loaded of await load(feature, found)) {
    // A loader may give what a module exports.
    const { default: inner } = (loaded ?? {}) as { default?: unknown };
    await collect(asFeature(loaded) ? loaded : inner, found, seen);
  }
}

async function load(feature: Feature, found: ModuleFeatures): Promise<unknown[]> {
  const config = new ConfigReader({ app: { baseUrl: PAGE }, backend: { baseUrl: PAGE } });
  try {
    return await Promise.all((await feature.loader?.({ config })) ?? []);
  } catch (error) {
    found.warnings.push(`its feature loader needs more than the start check has: ${(error as Error).message}`);
    return [];
  }
}

function asFeature(value: unknown): Feature | undefined {
  const feature = (value ?? {}) as Partial<Feature>;
  const known = [PLUGIN, MODULE, LOADER].includes(feature.$$type ?? '');
  return known && feature.version === 'v1' ? (feature as Feature) : undefined;
}

/** What `createPlugin` of `@backstage/core-plugin-api` makes. */
function isOldPlugin(value: unknown): boolean {
  const { getId, provide } = (value ?? {}) as { getId?: unknown; provide?: unknown };
  return typeof getId === 'function' && typeof provide === 'function';
}

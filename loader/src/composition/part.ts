import type { RegistrationsFeature, ServiceFeature } from '../host/features';
import type { StagedBundle } from '../stage/stagedBundle';

/** The owner of everything that the portal itself added. */
export const STATIC_OWNER = '(static)';

/** What one owner contributes to a unit: its plugin, its modules, its own services. */
export interface Part {
  /** {@link STATIC_OWNER} or the package name of a bundle. */
  owner: string;
  modules: ReadonlyArray<{ pluginId: string; moduleId: string }>;
  features: RegistrationsFeature[];
  services: ServiceFeature[];
  /** Source package name → staged folder, for `resolvePackagePath`. */
  packageDirs: Record<string, string>;
  /** Undefined for the portal itself. */
  bundle?: StagedBundle;
  /** The bundle, if its code runs in a separate process and is not loaded here: features and services are then empty. */
  isolated?: StagedBundle;
}

/** What a unit is made of: at most one plugin part, any number of module parts. */
export interface Composition {
  plugin?: Part;
  modules: Part[];
}

/** The distinct parts of a composition (an owner may provide plugin and modules in one part). */
export function partsOf(composition: Composition): Part[] {
  return [...new Set([...(composition.plugin ? [composition.plugin] : []), ...composition.modules])];
}

/** The bundles of a composition, that of the plugin first. */
export function bundlesOf(composition: Composition): StagedBundle[] {
  return partsOf(composition).flatMap(({ bundle }) => bundle ?? []);
}

/** Ids of the modules that a part has for a plugin. */
export function moduleIdsOf(part: Part, pluginId: string): string[] {
  return part.modules.filter((module) => module.pluginId === pluginId).map(({ moduleId }) => moduleId);
}

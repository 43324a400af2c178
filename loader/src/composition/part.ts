import type { RegistrationsFeature, ServiceFeature } from '../host/features';
import type { StagedBundle } from '../stage/stagedBundle';

/** The owner of everything that the portal itself added. */
export const STATIC_OWNER = '(static)';

/** What one owner brings to a unit: its plugin, its modules, services of its own. */
export interface Part {
  /** {@link STATIC_OWNER} or the package name of a bundle. */
  owner: string;
  modules: ReadonlyArray<{ pluginId: string; moduleId: string }>;
  features: RegistrationsFeature[];
  services: ServiceFeature[];
  /** Source package name → staged folder, for `resolvePackagePath`. */
  packageDirs: Record<string, string>;
  /** The bundle whose code runs in a process of its own and is not loaded here: features and services are empty. */
  isolated?: StagedBundle;
}

/** What a unit is made of: at most one plugin part, any number of module parts. */
export interface Composition {
  plugin?: Part;
  modules: Part[];
}

/** The parts of a composition without repeats (an owner may bring plugin and modules in one part). */
export function partsOf(composition: Composition): Part[] {
  return [...new Set([...(composition.plugin ? [composition.plugin] : []), ...composition.modules])];
}

/** Ids of the modules that a part brings for a plugin. */
export function moduleIdsOf(part: Part, pluginId: string): string[] {
  return part.modules.filter((module) => module.pluginId === pluginId).map(({ moduleId }) => moduleId);
}

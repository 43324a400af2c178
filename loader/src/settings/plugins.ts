import { readPlaces, type Place } from './places';
import { readMemoryLimit } from './process';
import type { Section } from './section';

const ISOLATIONS = ['in-process', 'process'] as const;

/** Where a plugin runs: in the portal, or in a separate child process. */
export type Isolation = (typeof ISOLATIONS)[number];

/** Settings for one plugin; absent ones have the general value. */
export interface PluginSettings {
  isolation?: Isolation;
  /**
   * Package names of the bundles that `isolation: in-process` applies to; undefined: the first bundles that provide or extend
   * the plugin, see `OpenExceptions`.
   */
  packages?: string[];
  memoryLimitMb?: number;
  permissionModel?: boolean;
  connect?: Place[];
}

const KEYS = ['isolation', 'packages', 'memoryLimitMb', 'permissionModel', 'connect'];

/**
 * Ids of the plugins that run in the portal although others do not, with settings that do not name the bundles: a bundle chooses
 * its plugin by itself.
 */
export function openExceptions(settings: { isolation: Isolation; plugins: Record<string, PluginSettings> }): string[] {
  const { isolation, plugins } = settings;
  if (isolation !== 'process') return [];
  return Object.keys(plugins).filter((id) => plugins[id]!.isolation === 'in-process' && !plugins[id]!.packages);
}

/** Reads `isolation`, in `dynamicPlugins` or for one plugin. */
export function readIsolation(section: Section): Isolation | undefined {
  return section.choice('isolation', ISOLATIONS);
}

/** Reads `dynamicPlugins.plugins`. */
export function readPlugins(parent: Section): Record<string, PluginSettings> {
  return parent.section('plugins').record((plugins, pluginId) => {
    const section = plugins.section(pluginId, KEYS);
    return {
      isolation: readIsolation(section),
      packages: section.has('packages') ? section.strings('packages') : undefined,
      memoryLimitMb: readMemoryLimit(section),
      permissionModel: section.boolean('permissionModel'),
      connect: readPlaces(section),
    };
  });
}

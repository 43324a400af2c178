import type { Contribution } from './contribution';
import type { Composition } from './part';

/** A composition extended by what a contribution provides for the plugin. */
export function compose(rest: Composition, pluginId: string, contribution: Contribution | undefined): Composition {
  if (!contribution) return rest;
  const isPluginHere = contribution.pluginIds.includes(pluginId);
  const isModuleHere = contribution.modules.some((module) => module.pluginId === pluginId);
  return {
    plugin: isPluginHere ? contribution.part : rest.plugin,
    modules: isModuleHere && !isPluginHere ? [...rest.modules, contribution.part] : rest.modules,
  };
}

import type { StartTask } from '../task';
import { explain } from './explain';
import { Fault } from './fault';
import type { OpenFeature, Registration } from './features';

/** What a bundle registers. */
export interface Contents {
  registrations: Registration[];
  /** Service factories that come with it. */
  services: OpenFeature[];
}

/** Calls `register` of every plugin and module. Throws Fault: REGISTER_FAILED, MODULE_NOT_FOUND, NO_PLUGIN_ID. */
export function contentsOf(features: readonly OpenFeature[], task: StartTask): Contents {
  const services = features.filter((feature) => feature.service);
  const registrations = features.flatMap((feature) => {
    try {
      return feature.getRegistrations?.() ?? [];
    } catch (error) {
      const what = `register of ${task.name} threw`;
      throw new Fault(explain(error, { ...task, otherwise: 'REGISTER_FAILED', what }));
    }
  });
  if (registrations.length === 0) {
    throw new Fault({ code: 'NO_PLUGIN_ID', message: `${task.name} registers no plugin and no module.` });
  }
  return { registrations, services };
}

/** Ids of the plugins among the registrations. */
export function pluginIdsOf(registrations: readonly Registration[]): string[] {
  return [...new Set(registrations.filter(({ moduleId }) => moduleId === undefined).map(({ pluginId }) => pluginId))];
}

/** Ids of the extension points that registrations provide, or that modules depend on; sorted. */
export function extensionPointsOf(registrations: readonly Registration[]): string[] {
  const provided = registrations.flatMap(({ extensionPoints }) =>
    extensionPoints.map((entry) => (Array.isArray(entry) ? entry[0].id : entry.extensionPoint.id)),
  );
  const wanted = registrations
    .flatMap(({ init }) => Object.values(init.deps))
    .filter((ref) => ref.$$type === '@backstage/ExtensionPoint')
    .map(({ id }) => id);
  return [...new Set([...provided, ...wanted])].sort();
}

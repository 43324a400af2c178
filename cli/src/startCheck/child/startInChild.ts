import type { StartedBundle, Unfinished } from '../messages';
import type { StartTask } from '../task';
import { contentsOf, extensionPointsOf, pluginIdsOf } from './contents';
import { excuse } from './excuse';
import { explain } from './explain';
import { Fault } from './fault';
import type { OpenFeature } from './features';
import { loadFeatures } from './loadFeatures';
import type { Reporter } from './reporter';
import { TestHost } from './testHost';

/**
 * Loads the bundle and starts its plugins with the modules it has for them. Modules for plugins of other packages are
 * only described: the extension points they ask for are not here. Throws Fault.
 */
export async function startInChild(task: StartTask, reporter: Reporter): Promise<StartedBundle> {
  const loaded = await loadFeatures(task, reporter);
  const host = new TestHost(task, reporter);
  const { registrations, services } = contentsOf(await expand(host, loaded, task), task);
  const pluginIds = pluginIdsOf(registrations);
  const warnings = services
    .filter(({ service }) => host.services.provides(service!.id))
    .map(
      ({ service }) =>
        `the bundle replaces the host service '${service!.id}', which a portal refuses unless its operator allows it`,
    );

  const startable = registrations.filter(({ pluginId }) => pluginIds.includes(pluginId));
  const failures = startable.length > 0 ? await host.start(startable, services) : [];
  const unfinished: Unfinished[] = registrations.flatMap(({ pluginId, moduleId }) =>
    pluginIds.includes(pluginId) || moduleId === undefined
      ? []
      : [{ pluginId, moduleId, why: `plugin '${pluginId}' is not part of the bundle` }],
  );
  for (const { who, pluginId, moduleId, error } of failures) {
    const excused = excuse(error, host.observed.absentKeys);
    if (!excused) throw initFault(task, host, who, error);
    warnings.push(`${who} ${excused}`);
    unfinished.push({ pluginId, ...(moduleId !== undefined && { moduleId }), why: excused });
  }
  for (const path of host.observed.rootPaths) {
    if (pluginIds.some((id) => path === `/api/${id}` || path.startsWith(`/api/${id}/`))) continue;
    warnings.push(
      `the bundle mounts '${path}' on the root HTTP router, which a portal refuses unless its operator allows it`,
    );
  }
  return {
    pluginIds,
    modules: registrations.flatMap(({ pluginId, moduleId }) =>
      moduleId === undefined ? [] : [{ pluginId, moduleId }],
    ),
    openedRoutes: host.observed.openedRoutes,
    extensionPoints: extensionPointsOf(registrations),
    ...(unfinished.length > 0 && { unfinished: unfinished.sort(byId) }),
    warnings,
  };
}

/** Plugins start side by side, so failures come in no order. */
function byId(a: Unfinished, b: Unfinished): number {
  const [one, other] = [a, b].map(({ pluginId, moduleId = '' }) => `${pluginId} ${moduleId}`);
  return one! < other! ? -1 : 1;
}

async function expand(host: TestHost, features: OpenFeature[], task: StartTask): Promise<OpenFeature[]> {
  try {
    return await host.expand(features);
  } catch (error) {
    const what = `The feature loader of ${task.name} failed`;
    throw new Fault(explain(error, { ...task, otherwise: 'REGISTER_FAILED', what }));
  }
}

function initFault(task: StartTask, host: TestHost, who: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const failure = explain(error, { ...task, otherwise: 'INIT_FAILED', what: `The init of ${who} failed` });
  const { logs } = host.observed;
  return new Fault({ ...failure, details: { ...failure.details, ...(logs.length > 0 && { logs }) } });
}

import { createRequire } from 'node:module';
import type { DOMWindow } from 'jsdom';
import type { StartedFrontend } from '../messages';
import { Fault } from '../child/fault';
import type { Reporter } from '../child/reporter';
import { loadScript, openDocument } from './openDocument';
import { featuresOf, type ModuleFeatures } from './remoteFeatures';
import type { FrontendTask } from './task';

/** The container of a Module Federation remote, as apps use it. */
interface Container {
  init(shareScope: object, initScope: []): Promise<void> | void;
  get(module: string): Promise<() => Record<string, unknown>>;
}

/** Loads every module of a remote in a document, with what apps share. Throws Fault. */
export async function loadRemote(task: FrontendTask, reporter: Reporter): Promise<StartedFrontend> {
  const window = openDocument(task.assetsDir, (target) => reporter.send({ type: 'network', target }));
  const container = await reporter.during('its entry script', () => loadContainer(window, task));
  const loaded: Array<[string, ModuleFeatures]> = [];
  for (const exposed of task.exposes) {
    const features = await reporter.during(`its module ${exposed}`, () => loadModule(container, exposed, task));
    loaded.push([exposed, features]);
  }
  const withFeature = loaded.filter(([, { isFeature }]) => isFeature);
  if (withFeature.length === 0)
    throw nothingNew(
      task,
      loaded.map(([, features]) => features),
    );
  return describe(withFeature);
}

async function loadContainer(window: DOMWindow, task: FrontendTask): Promise<Container> {
  try {
    await loadScript(window, task.entry);
    const container = window[task.container as keyof DOMWindow] as Container | undefined;
    if (!container) throw new Error(`it does not set ${task.container}`);
    await container.init(shareScope(task), []);
    return container;
  } catch (error) {
    throw doesNotLoad(task, 'its entry script', error);
  }
}

/** What Module Federation keeps of shared modules that the page has loaded. */
function shareScope({ shared }: FrontendTask): object {
  const require = createRequire(__filename);
  const entries = Object.entries(shared).map(([name, { file, version }]) => {
    const lib = (): unknown => require(file);
    const state = { get: async () => lib, lib, loaded: true, from: 'app', scope: ['default'], useIn: [], deps: [] };
    const shareConfig = { singleton: true, requiredVersion: '*' };
    return [name, { [version]: { version, shareConfig, strategy: 'loaded-first', ...state } }];
  });
  return Object.fromEntries(entries) as object;
}

async function loadModule(container: Container, exposed: string, task: FrontendTask): Promise<ModuleFeatures> {
  try {
    return await featuresOf((await container.get(exposed))());
  } catch (error) {
    throw doesNotLoad(task, `its module ${exposed}`, error);
  }
}

function describe(loaded: ReadonlyArray<[string, ModuleFeatures]>): StartedFrontend {
  const holders = new Map<string, string>();
  const warnings = loaded.flatMap(([exposed, { pluginIds, warnings: own }]) => [
    ...own.map((warning) => `${exposed}: ${warning}`),
    ...new Set(pluginIds.flatMap((id) => twice(id, holders, exposed))),
  ]);
  const all = loaded.map(([, features]) => features);
  return {
    pluginIds: [...holders.keys()],
    modules: loaded.flatMap(([moduleId, { extended }]) => extended.map((pluginId) => ({ pluginId, moduleId }))),
    extensions: [...new Set(all.flatMap(({ extensions }) => extensions))].sort(),
    exposes: loaded.map(([exposed]) => exposed),
    ...{ openedRoutes: [], extensionPoints: [], warnings },
  };
}

/** A warning for a plugin that two modules have, as where `.` supports both frontend systems. */
function twice(id: string, holders: Map<string, string>, exposed: string): string[] {
  const holder = holders.get(id);
  holders.set(id, exposed);
  if (holder === undefined || holder === exposed) return [];
  const counts = [holder, exposed].includes('./alpha') ? './alpha' : exposed;
  return [`${holder} and ${exposed} both have the plugin '${id}': the one of ${counts} counts`];
}

function nothingNew({ name, exposes, oldHint }: FrontendTask, all: readonly ModuleFeatures[]): Fault {
  const old = all.some(({ isOld }) => isOld) ? ', and it has a plugin of the old one' : '';
  const message = `${name} has nothing for the new frontend system${old}: no default export of ${exposes.join(', ')} is a feature.`;
  return new Fault({ code: 'REMOTE_INVALID', message, hint: oldHint });
}

function doesNotLoad({ name }: FrontendTask, what: string, error: unknown): Fault {
  const { message, stack } = error as Error;
  return new Fault({
    code: 'LOAD_FAILED',
    message: `${name} does not load in an app: ${what} throws: ${message}`,
    hint:
      'Correct the code that runs when the module is imported. If it needs something that browsers have and the start check has not, ' +
      'export with --no-start-check and try the plugin in a portal.',
    cause: { message, ...(stack !== undefined && { stack }) },
  });
}

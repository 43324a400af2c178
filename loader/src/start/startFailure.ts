import { BackendStartupError, type BackendStartupResult } from '@backstage/backend-app-api';
import type { StagedoorError } from '@stagedoor/bundle';
import type { PluginStartupResult } from '../host/startupReport';
import { ownFault } from '../errors/thrown';
import { initFailed } from './errors';

/** The reason why a generation did not start: an error of the plugin, of its modules, or both. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly pluginId: string;
  /** The error of the plugin itself; undefined if only modules failed. */
  readonly plugin?: StagedoorError;
  /** Faults by module id. */
  readonly modules: ReadonlyMap<string, StagedoorError>;
  /** True if Backstage's `backend.startup` settings let the backend continue without the plugin. */
  readonly allowed: boolean;
  /** Backstage's result, if the start came that far. */
  readonly result?: PluginStartupResult;

  constructor(
    pluginId: string,
    plugin: StagedoorError | undefined,
    modules: ReadonlyMap<string, StagedoorError>,
    allowed = false,
    result?: PluginStartupResult,
  ) {
    const first = plugin ?? [...modules.values()][0];
    super(first?.message ?? `Plugin '${pluginId}' did not start`, { cause: first });
    this.pluginId = pluginId;
    this.plugin = plugin;
    this.modules = modules;
    this.allowed = allowed;
    this.result = result;
  }

  /** The error to show if only one can be shown. */
  get fault(): StagedoorError {
    return this.plugin ?? [...this.modules.values()][0] ?? initFailed(`plugin '${this.pluginId}'`, this);
  }

  /** A failed plugin is fatal. A failed module is fatal unless Backstage permits it and no bundle provides it. */
  isFatal(dynamicModuleIds: ReadonlySet<string>): boolean {
    return this.plugin !== undefined || [...this.modules.keys()].some((id) => dynamicModuleIds.has(id));
  }

  /** Backstage's result for it. */
  get outcome(): PluginStartupResult {
    const { pluginId, fault: error, allowed } = this;
    return this.result ?? { pluginId, resultAt: new Date(), modules: [], failure: { error, allowed } };
  }

  /** The failures in a startup result, allowed ones included; undefined if there are none. */
  static fromResult(pluginId: string, result: BackendStartupResult): StartFailure | undefined {
    const plugin = result.plugins.find((entry) => entry.pluginId === pluginId);
    const modules = new Map<string, StagedoorError>();
    for (const { moduleId, failure } of plugin?.modules ?? []) {
      if (failure) modules.set(moduleId, coded(`module '${moduleId}' for plugin '${pluginId}'`, failure.error));
    }
    const own = plugin?.failure && coded(`plugin '${pluginId}'`, plugin.failure.error);
    return own || modules.size > 0
      ? new StartFailure(pluginId, own, modules, plugin?.failure?.allowed ?? false, plugin)
      : undefined;
  }

  /** Any error that a start ended with, as a StartFailure. */
  static from(pluginId: string, error: unknown): StartFailure {
    if (error instanceof StartFailure) return error;
    const result = error instanceof BackendStartupError ? error.result : undefined;
    const failure = result && StartFailure.fromResult(pluginId, result);
    return failure ?? new StartFailure(pluginId, coded(`plugin '${pluginId}'`, error), new Map());
  }
}

function coded(who: string, error: unknown): StagedoorError {
  return ownFault(error) ?? initFailed(who, error);
}

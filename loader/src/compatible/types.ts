import type { BackendFeature, LoggerService } from '@backstage/backend-plugin-api';
import type { PackageJson } from '@stagedoor/bundle';

/** A package.json with the fields that every dynamic plugin has. */
export type ScannedPluginManifest = PackageJson & { main: string; backstage: { role: string } };

/** A dynamic plugin's package, as the services of `@backstage/backend-dynamic-feature-service` describe it. */
export interface ScannedPluginPackage {
  /** `file:` URL of the staged copy, the only thing that is ever run or served. */
  location: URL;
  manifest: ScannedPluginManifest;
  /** `alpha/package.json`, where there is one. */
  alphaManifest?: PackageJson;
}

/** Loads the code of packages, for hosts with a loader of their own. */
export interface ModuleLoader {
  bootstrap(
    backstageRoot: string,
    dynamicPluginPaths: string[],
    scannedPluginManifests?: Map<string, ScannedPluginManifest>,
  ): Promise<void>;
  load(id: string): Promise<unknown>;
}

/** Fields of every dynamic plugin. */
interface BaseDynamicPlugin {
  name: string;
  version: string;
  role: string;
  /** `<code>: <message>` of a plugin that was rejected or failed. */
  failure?: string;
}

/** A plugin for the browser. */
export interface FrontendDynamicPlugin extends BaseDynamicPlugin {
  platform: 'web';
}

/** A plugin or module for the backend; `installer` is absent if it was rejected or failed to load. */
export interface BackendDynamicPlugin extends BaseDynamicPlugin {
  platform: 'node';
  installer?: { kind: 'new'; install(): BackendFeature | BackendFeature[] };
}

/** A plugin of either platform. */
export type DynamicPlugin = FrontendDynamicPlugin | BackendDynamicPlugin;

/** The service `core.dynamicplugins`. */
export interface DynamicPluginProvider {
  plugins(options?: { includeFailed?: boolean }): DynamicPlugin[];
  backendPlugins(options?: { includeFailed?: boolean }): BackendDynamicPlugin[];
  frontendPlugins(options?: { includeFailed?: boolean }): FrontendDynamicPlugin[];
  getScannedPackage(plugin: DynamicPlugin): ScannedPluginPackage;
}

/** Makes a {@link ModuleLoader} with the logger of the backend. */
export type ModuleLoaderFactory = (logger: LoggerService) => ModuleLoader | Promise<ModuleLoader>;

/** Where the config schema of a package is, absolute or relative to it. */
export type SchemaLocator = (pluginPackage: ScannedPluginPackage) => string;

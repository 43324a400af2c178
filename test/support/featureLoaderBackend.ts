import { createBackend } from '@backstage/backend-defaults';
import { createBackendPlugin, type BackendFeature } from '@backstage/backend-plugin-api';
import { loadConfigSchema } from '@backstage/config-loader';
import {
  dynamicPluginsFeatureLoader,
  dynamicPluginsSchemasServiceRef,
  dynamicPluginsServiceRef,
  type DynamicPlugin,
} from '@stagedoor/loader';
import { startBackend, type BackendOptions, type RunningBackend } from './backend';
import { fixtureBundle } from './bundles';

/** How to start it; `bundles` are fixtures. */
export type PlainOptions = BackendOptions & { loader?: BackendFeature; bundles?: string[] };

/** A plain backend with what the services of its feature loader say. */
export interface PlainBackend extends RunningBackend {
  provided(): DynamicPlugin[];
  /** Top keys of the config schemas of dynamic plugins. */
  schemaKeys(): Promise<string[]>;
}

/** Starts a plain `createBackend()` with the feature loader of dynamic plugins. */
export async function startPlain(options: PlainOptions = {}): Promise<PlainBackend> {
  let provided = (): DynamicPlugin[] => [];
  let schemaKeys = async (): Promise<string[]> => [];
  const probe = createBackendPlugin({
    pluginId: 'probe',
    register(env) {
      env.registerInit({
        deps: { plugins: dynamicPluginsServiceRef, schemas: dynamicPluginsSchemasServiceRef },
        async init({ plugins, schemas }) {
          provided = () => plugins.plugins({ includeFailed: true });
          schemaKeys = async () => {
            const none = await loadConfigSchema({ serialized: { backstageConfigSchemaVersion: 1, schemas: [] } });
            const { schema } = await schemas.addDynamicPluginsSchemas(none);
            const { schemas: all } = schema.serialize() as unknown as {
              schemas: Array<{ value: { properties: object } }>;
            };
            return all.flatMap(({ value }) => Object.keys(value.properties));
          };
        },
      });
    },
  });
  const backend = await startBackend({
    ...options,
    create: () => {
      const plain = createBackend();
      plain.add(options.loader ?? dynamicPluginsFeatureLoader);
      plain.add(probe);
      return plain;
    },
    before: async (root) => {
      for (const name of options.bundles ?? []) await fixtureBundle(root, name);
      await options.before?.(root);
    },
  });
  return { ...backend, provided: () => provided(), schemaKeys: () => schemaKeys() };
}

/** Why the bundle of a fixture does not run, if so. */
export function failureOf(plugins: DynamicPlugin[], fixture: string): string | undefined {
  return plugins.find(({ name }) => name === `${fixture}-dynamic`)?.failure;
}

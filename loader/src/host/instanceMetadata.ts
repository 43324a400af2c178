import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type RootInstanceMetadataService,
} from '@backstage/backend-plugin-api';

/** The list of the service: plugins and modules. */
type InstalledFeature = { type: 'plugin'; pluginId: string } | { type: 'module'; pluginId: string; moduleId: string };

/**
 * `core.instanceMetadata`, which `createBackend()` still provides to plugins of earlier releases but does not export
 * (backend-defaults `alpha/entrypoints/instanceMetadata`).
 */
export const instanceMetadataServiceFactory = createServiceFactory({
  service: createServiceRef<{ getInstalledFeatures(): InstalledFeature[] }>({ id: 'core.instanceMetadata' }),
  deps: { instanceMetadata: coreServices.rootInstanceMetadata },
  async factory({ instanceMetadata }) {
    const features = featuresOf(await instanceMetadata.getInstalledPlugins());
    return { getInstalledFeatures: () => features };
  },
});

function featuresOf(
  plugins: Awaited<ReturnType<RootInstanceMetadataService['getInstalledPlugins']>>,
): InstalledFeature[] {
  return plugins.flatMap(({ pluginId, modules }) => [
    { type: 'plugin' as const, pluginId },
    ...modules.map(({ moduleId }) => ({ type: 'module' as const, pluginId, moduleId })),
  ]);
}

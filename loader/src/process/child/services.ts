import { coreServices, type DiscoveryService } from '@backstage/backend-plugin-api';
import { metricsServiceRef } from '@backstage/backend-plugin-api/alpha';
import { defaultServiceFactories } from '../../host/defaultServiceFactories';
import type { AnyServiceRef, ServiceFeature } from '../../host/features';
import { PortalMetadata, type InstalledPlugins } from '../../host/installedPlugins';
import { RootServices } from '../../host/rootServices';
import { openMetrics, type MetricsSdk } from '../../observability/metrics/metricsSdk';
import type { Channel } from '../channel';
import type { ChildSetup } from '../messages';
import { channelLogger } from './channelLogger';
import { LiveConfig } from './liveConfig';

/** The portal as its child sees it. */
export type PortalLink = Pick<Channel, 'backlog' | 'call' | 'notify'>;

/** The services of a child. */
export interface ChildServices {
  services: RootServices;
  config: LiveConfig;
  /** Metrics of the metrics service, in Prometheus' text format. */
  metrics(): Promise<string>;
}

/**
 * Backstage's default services for a child. App-config, log, discovery and the list of installed plugins come from the
 * portal; other services that the portal's own code adds or overrides exist only in the portal.
 */
export function childServices(
  portal: PortalLink,
  { config: data, instanceId }: Pick<ChildSetup, 'config' | 'instanceId'>,
): ChildServices {
  const config = new LiveConfig(data);
  const services = new RootServices(defaultServiceFactories as unknown as ServiceFeature[]);
  const provide = (ref: unknown, make: () => unknown): void =>
    services.add(
      {
        $$type: '@backstage/BackendFeature',
        version: 'v1',
        featureType: 'service',
        service: ref as AnyServiceRef,
        deps: {},
        factory: async () => make(),
      },
      'explicit',
    );
  provide(coreServices.rootConfig, () => config.root);
  provide(coreServices.rootLogger, () => channelLogger(portal));
  provide(coreServices.discovery, () => portalDiscovery(portal));
  const installed = (): Promise<InstalledPlugins> => portal.call('installedPlugins') as Promise<InstalledPlugins>;
  services.add(PortalMetadata.ofProcess(installed, instanceId).factory(), 'explicit');
  // The SDK is imported only if needed.
  let sdk: MetricsSdk | undefined;
  services.decorate(metricsServiceRef, (factory) => ({
    ...factory,
    factory: async (deps, context) => {
      sdk ??= openMetrics();
      return factory.factory(deps, context);
    },
  }));
  return { services, config, metrics: async () => (await sdk?.text(() => true)) ?? '' };
}

/** The portal locates every plugin; the plugin of this child is reached through the portal by others and by itself. */
function portalDiscovery(portal: PortalLink): DiscoveryService {
  const ask = (kind: 'internal' | 'external', pluginId: string): Promise<string> =>
    portal.call('discovery', { kind, pluginId }) as Promise<string>;
  return {
    getBaseUrl: (pluginId) => ask('internal', pluginId),
    getExternalBaseUrl: (pluginId) => ask('external', pluginId),
  };
}

import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type BackendFeature,
  type RootInstanceMetadataService,
} from '@backstage/backend-plugin-api';
import type { AnyServiceRef, Deps, ServiceFeature } from './features';

/** The answer of `rootInstanceMetadata` in a portal of units: the current plugins of all of them. */
const installedPluginsRef = createServiceRef<RootInstanceMetadataService>({
  id: 'stagedoor.installedPlugins',
  scope: 'root',
}) as unknown as AnyServiceRef;

/**
 * Redirects dependencies on `core.rootInstanceMetadata` to {@link installedPluginsRef}. Backstage adds its own factory for
 * the former after all others, so an override would be ignored and only one unit's plugin listed.
 */
export function withInstalledPlugins(deps: Deps): Deps {
  return Object.fromEntries(
    Object.entries(deps).map(([name, ref]) => [
      name,
      ref.id === coreServices.rootInstanceMetadata.id ? installedPluginsRef : ref,
    ]),
  );
}

/** The answer of `getInstalledPlugins`. */
export type InstalledPlugins = Awaited<ReturnType<RootInstanceMetadataService['getInstalledPlugins']>>;

/** `core.rootInstanceMetadata` of the whole portal. */
export class PortalMetadata {
  readonly #list: () => InstalledPlugins | Promise<InstalledPlugins>;
  #original: RootInstanceMetadataService | undefined;

  /** Each call of `getInstalledPlugins` calls `list` again. */
  constructor(list: () => InstalledPlugins | Promise<InstalledPlugins>) {
    this.#list = list;
  }

  /** The portal's own answer to `getId`, in releases that have it (backend-plugin-api 1.12). */
  get instanceId(): string | undefined {
    const { getId } = (this.#original ?? {}) as { getId?(): string };
    return getId?.call(this.#original);
  }

  /** In a process of the portal, whose own service is not the portal's. */
  static ofProcess(list: () => Promise<InstalledPlugins>, instanceId: string | undefined): PortalMetadata {
    const metadata = new PortalMetadata(list);
    if (instanceId !== undefined) metadata.#original = { getInstalledPlugins: list, ...{ getId: () => instanceId } };
    return metadata;
  }

  /**
   * A feature for the backend that represents the portal: everything except the list of plugins comes from that backend's own
   * service, for example the id of the instance.
   */
  capture(): BackendFeature {
    return createServiceFactory({
      service: createServiceRef<object>({ id: 'stagedoor.portalMetadata', scope: 'root' }),
      deps: { metadata: coreServices.rootInstanceMetadata },
      initialization: 'always',
      factory: ({ metadata }) => (this.#original = metadata),
    });
  }

  /** The factory behind {@link installedPluginsRef}. */
  factory(): ServiceFeature {
    const getInstalledPlugins = async (): Promise<InstalledPlugins> => this.#list();
    const service = new Proxy({} as RootInstanceMetadataService, {
      get: (_, key) => {
        if (key === 'getInstalledPlugins') return getInstalledPlugins;
        const value: unknown = this.#original && Reflect.get(this.#original, key);
        return typeof value === 'function' ? (value.bind(this.#original) as unknown) : value;
      },
    });
    return {
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'service',
      service: installedPluginsRef,
      deps: {},
      factory: async () => service,
    };
  }
}

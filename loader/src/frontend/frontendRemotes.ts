import type { LoggerService, RootConfigService, RootHttpRouterService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import { isFrontendRole } from '@stagedoor/bundle';
import type { Contribution } from '../composition/contribution';
import type { StagedBundle } from '../stage/stagedBundle';
import type { PageConfig } from './pages';
import { REMOTES_PATH, readRemote, type ServedRemote } from './remote';
import { createRemotesRouter } from './remotesRouter';
import { VisibleConfig } from './visibleConfig';

/** True for a bundle that is served to browsers and has no backend code. */
export function isFrontend({ packageJson }: StagedBundle): boolean {
  return isFrontendRole(packageJson.backstage?.role ?? '');
}

/** The keys that the loader's own config schema (config.d.ts) declares visible in browsers. */
const OWN_SCHEMA: JsonObject = {
  properties: { dynamicPlugins: { properties: { frontend: { deepVisibility: 'frontend' } } } },
};

/** The config schemas of a backend bundle. */
export interface BackendSchemas {
  name: string;
  schemas: readonly JsonObject[];
}

/** The remotes of the frontend bundles that are loaded. */
export class FrontendRemotes {
  readonly #baseUrl: string;
  readonly #visible: VisibleConfig;
  readonly #backends: () => readonly BackendSchemas[];
  readonly #read = new WeakMap<StagedBundle, ServedRemote>();
  readonly #served = new Map<string, { dir: string; served: ServedRemote }>();

  /** `baseUrl` is `backend.baseUrl`; `backends` gives the backend bundles that are loaded. */
  constructor(baseUrl: string, visible: VisibleConfig, backends: () => readonly BackendSchemas[]) {
    this.#baseUrl = baseUrl;
    this.#visible = visible;
    this.#backends = backends;
  }

  /** Sorted by package name. */
  list(): ServedRemote[] {
    return [...this.#served].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { served }]) => served);
  }

  /**
   * The app-config that the page of an app needs for the remotes, including what schemas of backend bundles make visible, as in a
   * plain backend. `dynamicPlugins` is always included, because upstream's loader of remotes does nothing without it.
   */
  async pageConfig(): Promise<PageConfig[]> {
    const own = await this.#visible.visible([OWN_SCHEMA]);
    const theirs = await Promise.all(
      this.list().map(async ({ remote, config }) => ({ context: remote.packageName, data: await config?.() })),
    );
    const ofBackends = await Promise.all(
      this.#backends().map(async ({ name, schemas }) => ({
        context: name,
        data: await this.#visible.visible(schemas),
      })),
    );
    return [{ context: 'dynamicPlugins', data: { dynamicPlugins: {}, ...own } }, ...ofBackends, ...theirs].flatMap(
      ({ context, data }) => (data ? [{ context, data }] : []),
    );
  }

  /** The contribution of a frontend bundle to units: none. Throws REMOTE_INVALID for an invalid remote. */
  contributionOf(bundle: StagedBundle): Contribution {
    const { name, version, digest, dir, manifest } = bundle;
    const served = readRemote({ packageName: name, dir, manifest, baseUrl: this.#baseUrl });
    this.#read.set(bundle, {
      ...served,
      remote: { ...served.remote, version, digest },
      config: this.#visible.of(bundle),
    });
    const part = { owner: bundle.name, modules: [], features: [], services: [], packageDirs: {} };
    return { pluginIds: [], modules: [], part };
  }

  /**
   * Serves the frontend bundle that is loaded under a name from now on, and the files of its previous build that open pages
   * still need.
   */
  follow(name: string, loaded: StagedBundle | undefined): void {
    const before = this.#served.get(name);
    if (loaded && before?.dir === loaded.dir) return;
    const read = loaded && this.#read.get(loaded);
    if (read)
      this.#served.set(name, {
        dir: loaded.dir,
        served: { ...read, ...(before && { earlier: before.served.assets }) },
      });
    else this.#served.delete(name);
  }
}

/** Serves remotes on the portal's own router, without a session, as upstream does. */
export function serveFrontends(options: {
  rootHttpRouter: RootHttpRouterService;
  config: RootConfigService;
  logger: LoggerService;
  /** The secret places in app-config; see `placeOf`. */
  secrets(): Promise<ReadonlySet<string>>;
  /** The backend bundles that are loaded now. */
  backends(): readonly BackendSchemas[];
}): FrontendRemotes {
  const { rootHttpRouter, config, logger } = options;
  const frontends = new FrontendRemotes(
    config.getString('backend.baseUrl'),
    new VisibleConfig(options),
    options.backends,
  );
  rootHttpRouter.use(REMOTES_PATH, createRemotesRouter({ remotes: () => frontends.list(), logger }));
  return frontends;
}

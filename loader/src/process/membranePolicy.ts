import type { DiscoveryService, RootConfigService } from '@backstage/backend-plugin-api';
import { findPackageDir } from '@stagedoor/bundle';
import { lookup } from 'node:dns/promises';
import { realpathSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Place } from '../settings/places';
import type { StagedBundle } from '../stage/stagedBundle';
import { deadline } from '../deadline';
import { connectSetting } from './connectionDenied';
import type { DatabasePlaces } from './databasePlaces';
import type { MembranePolicy } from './membrane/policy';

/** Inputs of {@link membranePolicy}. */
export interface MembraneOptions {
  config: RootConfigService;
  discovery: DiscoveryService;
  environment: NodeJS.ProcessEnv;
  pluginId: string | undefined;
  bundles: readonly StagedBundle[];
  loaderDir: string;
  database: DatabasePlaces;
  /** What the operator lists. */
  connect: readonly Place[];
  socketPath: string;
  temporary: string;
}

const LOOKUP_MS = 2000;
const LOCALHOST = ['127.0.0.1', '::1'];
const PROXY_VARIABLE = /^(GLOBAL_AGENT_)?(HTTPS?|ALL)_PROXY$/i;
const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443 };

/**
 * The targets on this machine that a plugin's process may reach: the portal, its database and cache, proxies, and listed
 * ones.
 */
export async function membranePolicy(options: MembraneOptions): Promise<MembranePolicy> {
  const { bundles, database, socketPath, temporary, connect, pluginId, loaderDir } = options;
  const places = [...connect, ...database.servers, ...(await urlsInUse(options)).flatMap((url) => placeOf(url) ?? [])];
  const addresses = await Promise.all(
    places.map(async (place) => ('path' in place ? [] : await addressesOf(place.host, place.port))),
  );
  return {
    connectSetting: connectSetting(pluginId ?? bundles[0]!.name),
    addresses: addresses.flat(),
    sockets: places.flatMap((place) => ('path' in place ? [place.path] : [])),
    ownSocket: socketPath,
    temporary,
    driverDir: database.usesSqlite ? sqliteDriverDir(loaderDir) : undefined,
    database: database.sqliteFile,
    nativeCode: bundles.filter(({ manifest }) => manifest?.native).map(({ dir }) => realpathSync(dir)),
  };
}

/** The addresses of the portal, and the proxies that the environment names. */
async function urlsInUse({ config, discovery, environment, pluginId = '' }: MembraneOptions): Promise<string[]> {
  const own = await Promise.all([discovery.getBaseUrl(pluginId), discovery.getExternalBaseUrl(pluginId)]);
  const endpoints = config.getOptionalConfigArray('discovery.endpoints') ?? [];
  const targets = endpoints.flatMap((endpoint) => {
    const target = endpoint.getOptional('target');
    return typeof target === 'string' ? [target] : Object.values((target ?? {}) as Record<string, unknown>);
  });
  const proxies = Object.entries(environment).filter(([name]) => PROXY_VARIABLE.test(name));
  return [...own, ...targets, ...proxies.map(([, value]) => value)].filter((url) => typeof url === 'string');
}

function placeOf(text: string): { host: string; port: number } | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    const port = Number(url.port || DEFAULT_PORTS[url.protocol]);
    return port > 0 ? { host: url.hostname.replace(/^\[|\]$/g, ''), port } : undefined;
  } catch {
    return undefined;
  }
}

/** The current addresses of a name; none for an unknown one. */
async function addressesOf(host: string, port: number): Promise<MembranePolicy['addresses']> {
  const late = (): Error => new Error(`${host} was not resolved in time`);
  const found = isIP(host)
    ? [host]
    : host === 'localhost'
      ? LOCALHOST
      : await deadline(lookup(host, { all: true }), LOOKUP_MS, late).then(
          (list) => list.map(({ address }) => address),
          () => [],
        );
  return found.map((address) => ({ address, port }));
}

/** Where better-sqlite3 is installed for Backstage's database service. */
function sqliteDriverDir(loaderDir: string): string | undefined {
  let dir: string | undefined = loaderDir;
  for (const name of ['@backstage/backend-defaults', 'knex', 'better-sqlite3']) {
    dir = dir && findPackageDir(name, dir);
  }
  return dir;
}

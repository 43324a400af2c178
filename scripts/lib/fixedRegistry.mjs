import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Config from '@npmcli/config';
import npmDefinitions from '@npmcli/config/lib/definitions/index.js';
import pacote from 'pacote';
import semver from 'semver';
import { readJson, repository } from './repository.mjs';

/** Packages that tests install and this repository does not depend on; written by scripts/renew-test-packages.mjs. */
export const FURTHER_PACKAGES = join(repository, 'test/fixtures/installs/packages.json');

/** The fields of a package-lock.json entry (format 3) that belong into a registry's answer. */
export const FIELDS = [
  'version',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bin',
  'engines',
  'os',
  'cpu',
  'libc',
  'hasInstallScript',
];

/** Package managers may ignore packages that were published recently. */
const LONG_AGO = '2020-01-01T00:00:00.000Z';

/**
 * Serves the packages that package-lock.json and {@link FURTHER_PACKAGES} name, and no others, as an npm registry on a free
 * loopback port, so that ranges resolve to the same versions in the future. Archives come from npm's cache, or from the
 * registry of the npm settings. `missing` collects the names that were requested and not found.
 */
export async function startFixedRegistry() {
  const packages = fixedPackages();
  const settings = await npmSettings();
  const missing = new Set();

  const answer = async (path) => {
    const [name, archive] = path.split('/-/');
    const versions = packages.get(name);
    if (!archive) return versions && JSON.stringify(packumentOf(name, versions, url));
    const version = archive.slice(0, -'.tgz'.length);
    const integrity = versions?.[version]?.integrity;
    return integrity && (await pacote.tarball(`${name}@${version}`, { ...settings, integrity, preferOffline: true }));
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1);
    const found = await answer(path).catch((error) => error);
    if (!found || found instanceof Error) {
      missing.add(found instanceof Error ? `${path} (${found.message})` : path);
      return response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    }
    if (typeof found === 'string') response.setHeader('content-type', 'application/json');
    response.end(found);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url, missing, stop };
}

/** Package name → version → entry of a lockfile: what package-lock.json names, and unless `further` is false the rest. */
export function fixedPackages({ further = true } = {}) {
  const packages = new Map();
  const add = (name, entry) => packages.set(name, { ...packages.get(name), [entry.version]: entry });
  for (const [path, entry] of Object.entries(readJson('package-lock.json').packages)) {
    // Others are packages of this repository. An alias has the name that the registry knows.
    if (entry.integrity)
      add(entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), entry);
  }
  if (!further) return packages;
  for (const [identity, entry] of Object.entries(JSON.parse(readFileSync(FURTHER_PACKAGES, 'utf8')))) {
    add(identity.slice(0, identity.lastIndexOf('@')), entry);
  }
  return packages;
}

function packumentOf(name, fixed, url) {
  const versions = Object.entries(fixed).map(([version, entry]) => {
    const fields = Object.fromEntries(FIELDS.flatMap((field) => (entry[field] ? [[field, entry[field]]] : [])));
    const dist = { integrity: entry.integrity, tarball: `${url}${name}/-/${version}.tgz` };
    return [version, { name, ...fields, dist }];
  });
  const time = Object.fromEntries(versions.map(([version]) => [version, LONG_AGO]));
  return {
    name,
    'dist-tags': { latest: newest(Object.keys(fixed)) },
    time: { created: LONG_AGO, modified: LONG_AGO, ...time },
    versions: Object.fromEntries(versions),
  };
}

function newest(versions) {
  return [...versions].sort(semver.rcompare)[0];
}

/** What npm is set up with here: the registry, its credentials, proxies, the cache. */
export async function npmSettings() {
  const { definitions, shorthands, flatten, nerfDarts } = npmDefinitions;
  const config = new Config({
    ...{ definitions, shorthands, flatten, nerfDarts },
    npmPath: repository,
    env: { ...process.env },
    argv: [process.execPath, 'fixed-registry'],
    cwd: repository,
    warn: false,
  });
  await config.load();
  return config.flat;
}

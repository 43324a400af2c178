import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { create } from 'tar';
import { onTestFinished } from 'vitest';

/** A package as a registry holds it. */
interface Published {
  manifest: Record<string, unknown> & { name: string; version: string };
  tarball: Buffer;
}

/** An npm registry on a loopback port. */
export interface NpmRegistry {
  url: string;
  /** Paths asked for, in order. */
  requests: string[];
  stop(): Promise<void>;
}

/** Serves every package folder in `packagesDir` as an npm registry does, until the running test ends. */
export async function startNpmRegistry(packagesDir: string, scratch: string): Promise<NpmRegistry> {
  const packages = new Map<string, Published>();
  await mkdir(scratch, { recursive: true });
  for (const name of await readdir(packagesDir)) {
    const published = await publish(join(packagesDir, name), join(scratch, `${name}.tgz`));
    packages.set(published.manifest.name, published);
  }
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    requests.push(path);
    const [name = '', archive] = path.split('/-/');
    const found = packages.get(name);
    if (!found) response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    else if (archive) response.end(found.tarball);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(found, urlOf(server))));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { url: urlOf(server), requests, stop };
}

async function publish(dir: string, archive: string): Promise<Published> {
  const manifest = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Published['manifest'];
  await create({ file: archive, cwd: dir, gzip: true, prefix: 'package', portable: true }, await readdir(dir));
  return { manifest, tarball: await readFile(archive) };
}

function packument({ manifest, tarball }: Published, url: string): unknown {
  const { name, version } = manifest;
  const dist = {
    tarball: `${url}${name}/-/${version}.tgz`,
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
  };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Makes npm in `dir` use a registry only, with a cache of its own. */
export async function useRegistry(dir: string, url: string): Promise<void> {
  await writeFile(join(dir, '.npmrc'), `registry=${url}\ncache=${join(dir, 'npm-cache')}\nfetch-retries=0\n`);
}

import { packBundle } from '@stagedoor/bundle';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureBundle } from '../../../support/bundles';
import { startVerdaccio, type Verdaccio } from '../../../support/npmRegistry';
import { startRegistryFront } from '../../../support/registryFront';
import { makeTempDir, removeTempDir, tempDir } from '../../../support/tempDir';
import { filesOf } from '../../export/exportSupport';
import { fetchPackage, refusePackage, resolvePackage } from '../sourceSupport';

let registry: Verdaccio;
let parent: string;
let open: string;
beforeAll(async () => {
  registry = await startVerdaccio();
  parent = await makeTempDir();
  open = await fixtureBundle(parent, 'greeter', { packageJson: { name: '@open/greeter-dynamic' } });
  await registry.publish(open);
  await registry.publish(
    await fixtureBundle(parent, 'greeter', { version: '1.1.0', packageJson: { name: '@open/greeter-dynamic' } }),
  );
  await registry.publish(await fixtureBundle(parent, 'stores-rows', { packageJson: { name: '@secret/rows-dynamic' } }));
});
afterAll(async () => {
  await registry.stop();
  await removeTempDir(parent);
});

/** A folder whose .npmrc has these lines, and an own cache. */
async function project(...lines: string[]): Promise<string> {
  const dir = await tempDir();
  await writeFile(join(dir, '.npmrc'), [...lines, `cache=${join(dir, 'cache')}`, ''].join('\n'));
  return dir;
}

/** What a registry lists of an archive. */
interface Dist {
  integrity?: string;
  shasum: string;
  tarball: string;
}

describe('A package of an npm registry', () => {
  test('comes in the version that its range means, whole', async () => {
    const cwd = await project(`registry=${registry.url}`);
    const bytes: number[] = [];
    const onBytes = (done: number): void => void bytes.push(done);
    const { resolved, dir, folder } = await fetchPackage({ package: '@open/greeter-dynamic@~1.0' }, { cwd, onBytes });
    expect(resolved).toEqual({
      kind: 'npm',
      key: '@open/greeter-dynamic',
      identity: `npm @open/greeter-dynamic@1.0.0 ${registry.url}@open/greeter-dynamic/-/greeter-dynamic-1.0.0.tgz`,
      npm: { name: '@open/greeter-dynamic', version: '1.0.0', exported: false },
      address: `${registry.url}@open/greeter-dynamic/-/greeter-dynamic-1.0.0.tgz`,
      version: '1.0.0',
      digest: expect.stringMatching(/^sha512-/) as string,
      integrity: resolved.digest,
    });
    expect(dir.startsWith(`${folder}/`)).toBe(true);
    expect(await filesOf(dir)).toEqual(await filesOf(open));
    expect(bytes.at(-1)).toBeGreaterThan(0);
    expect((await resolvePackage({ package: '@open/greeter-dynamic' }, { cwd })).version).toBe('1.1.0');
    expect((await resolvePackage({ package: 'npm:@open/greeter-dynamic@1.0.0' }, { cwd })).version).toBe('1.0.0');
  });

  test('comes from the registry of its scope, with the token of that registry', async () => {
    const host = registry.url.slice('http:'.length);
    const scope = `@secret:registry=${registry.url}`;
    const cwd = await project('registry=http://127.0.0.1:9/', scope, `${host}:_authToken=${registry.token}`);
    const { dir } = await fetchPackage({ package: '@secret/rows-dynamic@1.0.0' }, { cwd });
    expect(await filesOf(dir)).toContain('package.json');
    const stranger = await project(scope);
    await expect(resolvePackage({ package: '@secret/rows-dynamic@1.0.0' }, { cwd: stranger })).rejects.toMatchObject({
      code: expect.stringMatching(/^(FETCH_FAILED|PACKAGE_NOT_FOUND)$/) as string,
    });
  });

  test('needs neither npm nor its cache', async () => {
    const cwd = await project(`registry=${registry.url}`);
    await writeFile(join(cwd, 'file'), '');
    await writeFile(join(cwd, '.npmrc'), `registry=${registry.url}\ncache=${join(cwd, 'file/below')}\n`);
    const path = process.env.PATH;
    process.env.PATH = '';
    try {
      const { dir } = await fetchPackage({ package: '@open/greeter-dynamic@1.0.0' }, { cwd });
      expect(await filesOf(dir)).toContain('package.json');
    } finally {
      process.env.PATH = path;
    }
  });

  test('is held against the integrity that is asked for, of any kind', async () => {
    const cwd = await project(`registry=${registry.url}`);
    const tarball = await fetch(`${registry.url}@open/greeter-dynamic/-/greeter-dynamic-1.0.0.tgz`);
    const bytes = Buffer.from(await tarball.arrayBuffer());
    for (const kind of ['sha256', 'sha384', 'sha512']) {
      const integrity = `${kind}-${createHash(kind).update(bytes).digest('base64')}`;
      const { resolved } = await fetchPackage({ package: '@open/greeter-dynamic@1.0.0', integrity }, { cwd });
      expect(resolved.integrity).toBe(integrity);
      const wrong = `${kind}-${createHash(kind).update('other').digest('base64')}`;
      const fetching = fetchPackage({ package: '@open/greeter-dynamic@1.0.0', integrity: wrong }, { cwd });
      await expect(fetching).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH', details: { expected: wrong } });
    }
    const nonsense = fetchPackage({ package: '@open/greeter-dynamic@1.0.0', integrity: 'md5-x' }, { cwd });
    await expect(nonsense).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  });

  test('is INTEGRITY_MISMATCH where the registry serves something else than it lists', async () => {
    const front = await startRegistryFront(new URL(registry.url).host);
    const cwd = await project(`registry=http://${front.host}/`);
    const resolved = await resolvePackage({ package: '@open/greeter-dynamic@1.0.0' }, { cwd });
    const { npmSource } = await import('../../../../cli/src/sources/npm/npmSource');
    const address = resolved.address!.replaceAll('1.0.0', '1.1.0');
    const folder = await tempDir();
    // With one request, each time: it is no fault of the network, after which it would be asked again.
    for (let time = 0; time < 20; time++) {
      const before = front.requests.length;
      await expect(npmSource().fetch({ ...resolved, address }, folder, { cwd })).rejects.toMatchObject({
        code: 'INTEGRITY_MISMATCH',
        details: { expected: resolved.digest },
      });
      expect(front.requests.slice(before)).toEqual(['GET /@open/greeter-dynamic/-/greeter-dynamic-1.1.0.tgz']);
    }
  });

  test('is held against the SHA-1 that is all that a registry lists of old packages', async () => {
    const name = '@open/greeter-dynamic';
    const listed = (await (await fetch(`${registry.url}${name}`)).json()) as {
      versions: Record<string, { dist: Dist }>;
    };
    const front = await startRegistryFront(new URL(registry.url).host, {
      intercept: ({ url }, response) => {
        if (url?.endsWith('.tgz')) return false;
        response.setHeader('content-type', 'application/json').end(JSON.stringify(listed));
        return true;
      },
    });
    const { dist } = listed.versions['1.0.0']!;
    delete dist.integrity;
    dist.tarball = `http://${front.host}/${name}/-/greeter-dynamic-1.0.0.tgz`;
    const { resolved, dir } = await fetchPackage(
      { package: `${name}@1.0.0` },
      { cwd: await project(`registry=http://${front.host}/`) },
    );
    expect(resolved.digest).toBe(`sha1-${Buffer.from(dist.shasum, 'hex').toString('base64')}`);
    expect(await filesOf(dir)).toEqual(await filesOf(open));
    dist.shasum = '0'.repeat(40);
    const other = { cwd: await project(`registry=http://${front.host}/`) };
    await expect(fetchPackage({ package: `${name}@1.0.0` }, other)).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    });
  });

  test('is asked for again while the registry is busy', async () => {
    const seen = new Map<string, number>();
    const front = await startRegistryFront(new URL(registry.url).host, {
      intercept: (request, response) => {
        const count = (seen.get(request.url!) ?? 0) + 1;
        seen.set(request.url!, count);
        if (count > 1) return false;
        response.writeHead(503).end();
        return true;
      },
    });
    const cwd = await project(`registry=http://${front.host}/`);
    const { dir } = await fetchPackage({ package: '@open/greeter-dynamic@1.0.0' }, { cwd });
    expect(await filesOf(dir)).toContain('package.json');
    expect([...seen.values()]).toEqual([2, 2]);
  });

  test('is PACKAGE_NOT_FOUND by a name or version that is not there, FETCH_FAILED where nobody answers', async () => {
    const cwd = await project(`registry=${registry.url}`);
    for (const text of ['@open/nowhere', '@open/greeter-dynamic@7']) {
      await expect(resolvePackage({ package: text }, { cwd })).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
    }
    const lost = await project('registry=http://127.0.0.1:9/');
    await expect(resolvePackage({ package: 'x' }, { cwd: lost })).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  test('may be refused for what it says of itself, before anything else of it is unpacked', async () => {
    const cwd = await project(`registry=${registry.url}`);
    expect(await refusePackage({ package: '@open/greeter-dynamic@1.0.0' }, { cwd })).toEqual({
      judged: ['dynamic-bundle.json'],
      unpacked: [],
    });
  });

  test('is never something else than a package of a registry', async () => {
    const { npmSource } = await import('../../../../cli/src/sources/npm/npmSource');
    for (const text of ['git+ssh://host/x', 'x@file:../y', 'acme/repository', '@a/b@https://host/x.tgz', 'x@npm:y@1']) {
      expect(npmSource().accepts(text), text).toBe(false);
    }
  });
});

describe('A folder or archive of this machine', () => {
  test('is copied, and has another digest once anything in it changes', async () => {
    const cwd = await tempDir();
    const bundle = await fixtureBundle(cwd, 'greeter');
    const first = await fetchPackage({ package: './greeter-1.0.0/' }, { cwd });
    expect(first.resolved).toMatchObject({ kind: 'local', key: './greeter-1.0.0', version: '1.0.0' });
    expect(await filesOf(first.dir)).toEqual(await filesOf(bundle));
    for (const file of ['dynamic-bundle.sig', 'dynamic-bundle.json', 'more.js']) {
      const before = await resolvePackage({ package: './greeter-1.0.0' }, { cwd });
      await writeFile(join(bundle, file), `changed ${file}`);
      expect((await resolvePackage({ package: './greeter-1.0.0' }, { cwd })).digest).not.toBe(before.digest);
    }
  });

  test('may be an archive, with an integrity', async () => {
    const cwd = await tempDir();
    const { integrity } = await packBundle(await fixtureBundle(cwd, 'greeter'), join(cwd, 'greeter.tgz'));
    for (const text of ['./greeter.tgz', 'file:greeter.tgz', `file://${cwd}/greeter.tgz`]) {
      const { resolved, dir } = await fetchPackage({ package: text, integrity }, { cwd });
      expect(resolved).toMatchObject({ digest: integrity, integrity });
      expect(await readFile(join(dir, 'package.json'), 'utf8')).toContain('greeter');
    }
    const wrong = integrity.replace(/-./, (start) => (start === '-A' ? '-B' : '-A'));
    await expect(fetchPackage({ package: './greeter.tgz', integrity: wrong }, { cwd })).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    });
  });

  test('may be refused for what it says of itself, before anything else of it is unpacked or copied', async () => {
    const { file } = await packBundle(open, join(await tempDir(), 'x.tgz'));
    for (const text of [file, open]) {
      const { judged, unpacked } = await refusePackage({ package: text });
      expect([judged.includes('dynamic-bundle.json'), unpacked]).toEqual([true, []]);
    }
  });

  test('is refused where it is larger than an archive may be, before it is read', async () => {
    const cwd = await tempDir();
    await writeFile(join(cwd, 'large.tgz'), '');
    await truncate(join(cwd, 'large.tgz'), 2 ** 40);
    await expect(resolvePackage({ package: './large.tgz' }, { cwd })).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
      hint: expect.stringContaining('256 MiB') as string,
    });
  });

  test('is refused where it is not there, or no package', async () => {
    const cwd = await tempDir();
    await mkdir(join(cwd, 'empty'));
    await expect(resolvePackage({ package: './absent' }, { cwd })).rejects.toMatchObject({ code: 'BUNDLE_NOT_FOUND' });
    await expect(resolvePackage({ package: './empty' }, { cwd })).rejects.toMatchObject({
      code: 'PACKAGE_JSON_MISSING',
    });
  });
});

import { packBundle } from '@stagedoor/bundle';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { download } from '../../../cli/src/bundles/download';
import type { Inspection } from '../../../cli/src/inspect/inspectBundle';
import { fixtureBundle } from '../../support/bundles';
import { runProcess } from '../../support/childProcess';
import { exportBundle } from '../../support/export';
import { writeArchive } from '../../support/hostileArchive';
import { runWithMounts } from '../../support/mountNamespace';
import { repository } from '../../support/repository';
import { serve } from '../../support/serve';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';
import { bin, filesOf, fixturePackage, exported, stagedoor } from '../export/exportSupport';

async function inspect(target: string): Promise<Inspection> {
  const { code, stdout, stderr } = await stagedoor(repository, 'inspect', target, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Inspection;
}

describe('An inspected bundle', () => {
  let parent: string;
  let hello: string;
  let badges: string;
  let todo: string;

  beforeAll(async () => {
    parent = await makeTempDir();
    hello = await exportBundle(join(repository, 'examples/hello-dynamic-backend'), join(parent, 'hello'));
    const workspace = join(repository, 'test');
    badges = await exportBundle(workspace, join(parent, 'badges'), '@backstage-community/plugin-badges-backend');
    todo = await exportBundle(
      workspace,
      join(parent, 'todo'),
      '@backstage-community/plugin-todo-backend',
      '--no-start-check',
    );
  });

  afterAll(() => removeTempDir(parent));

  test('tells what it is, what it expects, and what it opens', async () => {
    expect(await inspect(hello)).toMatchObject({
      name: '@stagedoor/hello-dynamic-backend-dynamic',
      role: 'backend-plugin',
      startCheck: 'passed',
      source: { name: '@stagedoor/hello-dynamic-backend', lockfile: { kind: 'npm' } },
      host: { shared: { '@backstage/backend-plugin-api': expect.any(String) as string } },
      provides: {
        pluginIds: ['hello'],
        modules: [],
        openedRoutes: [{ pluginId: 'hello', path: '/ping', allow: 'unauthenticated' }],
      },
      signatures: [],
    });
    const { provides } = await inspect(badges);
    expect(provides?.openedRoutes.map(({ path }) => path)).toEqual([
      '/entity/:entityUuid/:badgeId',
      '/entity/:namespace/:kind/:name/badge/:badgeId',
    ]);
  });

  test('does not guess what a bundle provides that was never started', async () => {
    const { startCheck, provides } = await inspect(todo);
    expect({ startCheck, provides }).toEqual({ startCheck: 'skipped', provides: undefined });
    expect((await stagedoor(repository, 'inspect', todo)).stdout).toMatch(/provides\s+unknown/);
  });

  test.each([
    ['hello', () => hello],
    ['todo', () => todo],
  ])('splits the size of %s by package, to the byte', async (_, bundle) => {
    const { size, sbom, fault } = await inspect(bundle());
    expect(fault).toBeUndefined();
    const files = (await filesOf(bundle())).filter((file) => file !== 'dynamic-bundle.json');
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(bundle(), file))).size));
    const total = sizes.reduce((sum, bytes) => sum + bytes);
    expect(size).toMatchObject({ bytes: total, files: files.length });
    const packages = size.packages.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(size.own + packages + size.sourceMaps + size.rest).toBe(total);
    expect(size.own).toBeGreaterThan(0);
    expect(size.rest).toBeGreaterThan(0);
    expect(size.packages).toHaveLength(sbom!.packages);
    const maps = await stat(join(bundle(), 'dist/index.cjs.js.map'));
    expect(size.sourceMaps).toBe(maps.size);
  });

  test('names hoisted packages with the reason and what their files weigh', async () => {
    const { size } = await inspect(todo);
    const leasot = size.packages.find(({ name }) => name === 'leasot');
    const files = (await filesOf(todo)).filter((file) => /^node_modules\/leasot\/(?!node_modules)/.test(file));
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(todo, file))).size));
    expect(leasot).toMatchObject({
      placements: ['hoisted'],
      reason: expect.stringMatching(/^\w+ /) as string,
      bytes: sizes.reduce((sum, bytes) => sum + bytes),
    });
  });

  test('sums up its bill of materials', async () => {
    const { sbom } = await inspect(todo);
    expect(sbom).toMatchObject({ format: 'CycloneDX 1.6', withoutIntegrity: 0 });
    const counted = Object.values(sbom!.licences).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(sbom!.packages);
    expect(Object.keys(sbom!.licences)[0]).toBe('MIT');
  });

  test('is the same from a folder, an archive and an address', async () => {
    const archive = join(await tempDir(), 'hello.tgz');
    await packBundle(hello, archive);
    const bytes = await readFile(archive);
    const address = await serve((request, response) => {
      if (request.url === '/moved.tgz') return void response.writeHead(302, { location: '/hello.tgz?secret=1' }).end();
      response.end(bytes);
    });
    const expected = await inspect(hello);
    expect(await inspect(archive)).toEqual(expected);
    expect(await inspect(`${address}/moved.tgz`)).toEqual(expected);
  });

  test('is printed on stdout for people too, and nothing on stderr', async () => {
    const { stdout, stderr } = await stagedoor(repository, 'inspect', hello);
    expect(stderr).toBe('');
    for (const line of [
      /^@stagedoor\/hello-dynamic-backend-dynamic@\d/,
      /\n {2}signed by nobody\n/,
      /\n {2}native +none\n/,
      /\n {2}opened +\/api\/hello\/ping \(unauthenticated\)\n/,
      /\nsize [\d.]+ MB in \d+ files\n/,
      /\n +[\d.]+ kB {2}own code\n/,
      /\nbill of materials CycloneDX 1\.6\n/,
    ]) {
      expect(stdout).toMatch(line);
    }
  });
});

test('native parts are shown with the platform they were built for', async () => {
  const { path } = await exported(await fixturePackage('native-addon'), '--no-start-check');
  const { native } = await inspect(path);
  expect(native).toEqual({ platform: process.platform, arch: process.arch, abi: process.versions.modules });
  const { stdout } = await stagedoor(repository, 'inspect', path);
  expect(stdout).toContain(`native    ${process.platform}-${process.arch}, Node ABI ${process.versions.modules}`);
});

test('signatures are shown by key id', async () => {
  const dir = await tempDir();
  const bundle = await fixtureBundle(dir, 'greeter');
  const { stdout } = await stagedoor(dir, 'keygen', '--unencrypted', '--json');
  await stagedoor(dir, 'sign', bundle, '--key', 'stagedoor-key.pem');
  const { keyId } = JSON.parse(stdout) as { keyId: string };
  expect((await inspect(bundle)).signatures).toEqual([{ keyId, algorithm: 'ed25519' }]);
});

test('a changed bundle is shown as changed', async () => {
  const bundle = await fixtureBundle(await tempDir(), 'greeter');
  await writeFile(join(bundle, 'extra.js'), '');
  expect((await inspect(bundle)).fault).toContain('extra.js is not listed');
});

test.each([
  ['no JSON', '{'],
  ['another format', '{"bomFormat": "SPDX"}'],
])('a bundle whose bill of materials is %s is shown without one', async (_, text) => {
  const bundle = await fixtureBundle(await tempDir(), 'greeter');
  await writeFile(join(bundle, 'sbom.cdx.json'), text);
  const inspection = await inspect(bundle);
  expect(inspection.sbom).toBeUndefined();
  expect(inspection.size.packages).toEqual([]);
});

test('what a foreign manifest says cannot steer the terminal', async () => {
  const bundle = await fixtureBundle(await tempDir(), 'greeter', {
    manifest: { source: { name: 'x\u001b[2J\ny', version: '\u009b1m' } },
  });
  const { stdout } = await stagedoor(repository, 'inspect', bundle);
  // eslint-disable-next-line no-control-regex -- control characters are what must not be there
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(stdout).toContain('x\uFFFD[2J\uFFFDy@\uFFFD1m');
});

describe('stagedoor inspect refuses', () => {
  test.each([
    ['what is not there', 'absent', 'BUNDLE_NOT_FOUND'],
    ['a folder without a manifest', 'docs', 'MANIFEST_MISSING'],
    ['a file that is no archive', 'package.json', 'ARCHIVE_INVALID'],
  ])('%s', async (_, target, code) => {
    const { code: exitCode, stdout } = await stagedoor(repository, 'inspect', target, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
  });

  test('an archive that leads out of its folder, and leaves nothing in the temporary folder', async () => {
    const dir = await tempDir();
    await writeArchive(join(dir, 'evil.tgz'), [{ path: 'package/../../evil.js', content: 'x' }]);
    const tmp = join(dir, 'tmp');
    await mkdir(tmp);
    const args = [bin, 'inspect', 'evil.tgz', '--json'];
    const { stdout } = await runProcess(process.execPath, args, { cwd: dir, env: { TMPDIR: tmp } });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ARCHIVE_UNSAFE' } });
    expect(await filesOf(tmp)).toEqual([]);
    await rm(tmp, { recursive: true });
  });

  test('to work without a temporary folder', async () => {
    const dir = await tempDir();
    await fixtureBundle(dir, 'greeter');
    await packBundle(join(dir, 'greeter-1.0.0'), join(dir, 'greeter.tgz'));
    const args = [bin, 'inspect', 'greeter.tgz', '--json'];
    const { stdout } = await runProcess(process.execPath, args, { cwd: dir, env: { TMPDIR: join(dir, 'absent') } });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'OUTPUT_UNWRITABLE' } });
    expect(stdout).toContain('TMPDIR');
  });

  test('an archive for which the temporary folder has no room', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    await writeFile(join(bundle, 'large.bin'), randomBytes(200_000));
    await packBundle(bundle, join(dir, 'large.tgz'));
    await mkdir(join(dir, 'small'));
    const script = 'mount -t tmpfs -o size=100k none small; "$@" || true; ls -A small >&2';
    const args = [process.execPath, bin, 'inspect', 'large.tgz', '--json'];
    const { stdout, stderr } = await runWithMounts(script, args, { cwd: dir, env: { TMPDIR: join(dir, 'small') } });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'OUTPUT_UNWRITABLE' } });
    expect(stderr).toMatch(/hint: .*\n$/);
  });

  test('an address that answers with an error, without showing its secrets', async () => {
    const address = await serve((_, response) => void response.writeHead(404).end());
    const { code, stdout } = await stagedoor(repository, 'inspect', `${address}/x.tgz?token=hidden`, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'DOWNLOAD_FAILED' } });
    expect(stdout).toContain(`${address}/x.tgz?token=*** answers 404`);
    expect(stdout).not.toContain('hidden');
  });

  test('an address where nobody answers, or none that can be read', async () => {
    for (const target of ['http://127.0.0.1:1/x.tgz', 'https://', 'http://user:hidden@127.0.0.1:1/x.tgz']) {
      const { stdout } = await stagedoor(repository, 'inspect', target, '--json');
      expect(JSON.parse(stdout), target).toMatchObject({ error: { code: 'DOWNLOAD_FAILED' } });
      expect(stdout).not.toContain('hidden');
    }
  });
});

describe('A download', () => {
  test('is bounded in size, whatever the server announces', async () => {
    const address = await serve((_, response) => {
      response.write(Buffer.alloc(600));
      response.end(Buffer.alloc(600));
    });
    const file = join(await tempDir(), 'x');
    await expect(download(address, file, { limits: { bytes: 1000, timeoutMs: 60_000 } })).rejects.toMatchObject({
      code: 'ARCHIVE_TOO_LARGE',
    });
  });

  test('sends the credentials of an address as a header', async () => {
    const address = await serve((request, response) => response.end(request.headers.authorization));
    const file = join(await tempDir(), 'x');
    await download(address.replace('//', '//user:p%40ss@'), file);
    expect(await readFile(file, 'utf8')).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  test('is bounded in time, and ends when it is told to', async () => {
    const address = await serve((_, response) => void response.write('never complete'));
    const dir = await tempDir();
    await expect(download(address, join(dir, 'x'), { limits: { bytes: 1000, timeoutMs: 200 } })).rejects.toMatchObject({
      code: 'DOWNLOAD_TOO_SLOW',
      message: expect.stringContaining('not complete after 0.2 s') as string,
    });
    const controller = new AbortController();
    const onBytes = (): void => controller.abort();
    const running = download(address, join(dir, 'y'), { signal: controller.signal, onBytes });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

import { generateKeys, readPrivateKey, signBundle } from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, afterAll, expect, test, vi } from 'vitest';
import { fixtureBundle } from '../../support/bundles';
import { makeCertificate } from '../../support/certificate';
import { packagesAnnotation, putImage, putIndex } from '../../support/foreignImage';
import { startRegistryImitation, type RegistryHabits } from '../../support/registryImitation';
import { repository } from '../../support/repository';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';
import { stagedoor } from '../export/exportSupport';
import { pull, push } from './imageSupport';

const MIB = 1024 * 1024;

/** Registries by the name that the page gives them. */
const REGISTRIES: Record<string, { habits: RegistryHabits; tls?: true; warns?: RegExp }> = {
  'GitHub Container Registry': {
    habits: { largestPart: 4 * MIB, location: 'relative', users: { name: 'me', password: 'pat', refusedWith: 403 } },
  },
  'Amazon ECR': { habits: { keepsFirstPart: true, location: 'absolute', repositories: ['acme/large'], storage: true } },
  Harbor: { habits: { location: 'relative', users: { name: 'robot$me', password: 'x', refusedWith: 401 } } },
  Artifactory: { habits: { noParts: true, location: 'behind proxy' }, tls: true },
  'Quay, older versions': {
    habits: { noArtifacts: true, location: 'absolute', users: { name: 'me+robot', password: 'x', refusedWith: 401 } },
    warns: /does not accept artifacts/,
  },
  'Docker Hub': { habits: { rateLimited: 1, storage: true, location: 'absolute' } },
  'behind nginx with its defaults': { habits: { largestRequest: MIB, location: 'relative' } },
};

let home: string;
let bundle: string;
let small: string;
beforeAll(async () => {
  home = await makeTempDir();
  small = await fixtureBundle(home, 'stores-rows');
  // More than two of the largest parts, and not to be compressed.
  bundle = await fixtureBundle(home, 'greeter', {
    files: { 'model.bin': randomBytes(10 * MIB), 'sbom.cdx.json': '{"bomFormat":"CycloneDX"}' },
  });
  await signBundle(bundle, readPrivateKey(generateKeys(undefined).privateKey, 'key'));
});
afterAll(async () => {
  await removeTempDir(home);
});

async function login(host: string, { users }: RegistryHabits): Promise<void> {
  const file = join(await tempDir(), 'auth.json');
  const auth = Buffer.from(`${users?.name}:${users?.password}`).toString('base64');
  await writeFile(file, JSON.stringify({ auths: users ? { [host]: { auth } } : {} }));
  vi.stubEnv('REGISTRY_AUTH_FILE', file);
}

test.each(Object.entries(REGISTRIES))(
  'A signed bundle of ten megabytes is pushed to and pulled from a registry with the habits of %s',
  async (_, { habits, tls, warns }) => {
    const certificate = tls && (await makeCertificate(await tempDir(), 'IP:127.0.0.1'));
    const files = certificate && {
      cert: await readFile(certificate.certificate, 'utf8'),
      key: await readFile(certificate.key, 'utf8'),
    };
    const { host, requests } = await startRegistryImitation(habits, files);
    const trust = certificate && { ca: certificate.certificate };
    await login(host, habits);
    const image = `oci://${host}/acme/large:1`;
    const pushed = await push(home, [bundle], image, trust).catch((error: Error) => {
      throw new Error(requests.join('\n'), { cause: error });
    });
    if (warns) expect(pushed.warnings).toEqual([expect.stringMatching(warns)]);
    else expect(pushed).toMatchObject({ warnings: [], attached: [{}, {}, {}] });
    const dir = await tempDir();
    const pulled = await pull(dir, image, 'out', trust);
    expect(pulled).toMatchObject({ digest: pushed.digest, warnings: [] });
    const name = 'model.bin';
    expect(await readFile(join(pulled.plugins[0]!.dir, name))).toEqual(await readFile(join(bundle, name)));
  },
);

test('The page of registries lists those that the suite imitates', async () => {
  const page = await readFile(join(repository, 'docs/reference/registries.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (?!registry|-)([^|]+?) +\|/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(Object.keys(REGISTRIES).sort());
});

test('A registry that creates no repositories by itself is told apart from a fault, with what to do', async () => {
  const { host } = await startRegistryImitation({ repositories: ['acme/other'] });
  await expect(push(home, [small], `oci://${host}/acme/large:1`)).rejects.toMatchObject({
    code: 'REGISTRY_FAILED',
    message: expect.stringContaining('NAME_UNKNOWN') as string,
    hint: expect.stringContaining('create it before a push') as string,
  });
});

test('A limit that no way of sending keeps is an error that says so', async () => {
  const { host } = await startRegistryImitation({ largestRequest: 100_000 });
  await expect(push(home, [bundle], `oci://${host}/acme/large:1`)).rejects.toMatchObject({
    code: 'REGISTRY_FAILED',
    hint: expect.stringContaining('largest request') as string,
  });
});

test.each([401, 403] as const)(
  'A public image is pulled and installed although the stored token for its registry has expired (%d)',
  async (refusedWith) => {
    const users = { name: 'me', password: 'new', refusedWith };
    const { host } = await startRegistryImitation({ users });
    await login(host, { users });
    await push(home, [small], `oci://${host}/acme/large:1`);
    await login(host, { users: { ...users, password: 'expired' } });
    const file = process.env.REGISTRY_AUTH_FILE!;
    const warning = expect.stringMatching(
      new RegExp(`^The credentials for ${host} in ${file} were refused .*${refusedWith}.*Continuing without them`),
    ) as string;
    const dir = await tempDir();
    expect((await pull(dir, `oci://${host}/acme/large:1`)).warnings).toEqual([warning]);
    const list = `plugins:\n  - package: oci://${host}/acme/large:1\n`;
    await writeFile(join(dir, 'dynamic-plugins.yaml'), list);
    const { code, stdout } = await stagedoor(dir, 'install', 'root', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [warning] });
    // Writing needs the user: the error names the file.
    await expect(push(home, [small], `oci://${host}/acme/large:2`)).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORIZED',
      message: expect.stringContaining(file) as string,
    });
  },
);

test('A public image is pulled although the credential helper for its registry is not installed', async () => {
  const users = { name: 'me', password: 'new', refusedWith: 401 } as const;
  const { host } = await startRegistryImitation({ users });
  await login(host, { users });
  await push(home, [small], `oci://${host}/acme/large:1`);
  await writeFile(process.env.REGISTRY_AUTH_FILE!, JSON.stringify({ credsStore: 'not-installed' }));
  const { warnings } = await pull(await tempDir(), `oci://${host}/acme/large:1`);
  expect(warnings).toEqual([expect.stringMatching(/docker-credential-not-installed.*Continuing without credentials/)]);
  await expect(push(home, [small], `oci://${host}/acme/large:2`)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNREADABLE',
  });
});

test('An image is found through indexes that hold indexes, within bounds', async () => {
  const { host } = await startRegistryImitation();
  const pushed = await push(home, [small], `oci://${host}/acme/large:1`);
  const [path] = pushed.plugins.map((plugin) => plugin.path);
  const place = `${host}/acme/large`;
  const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const manifest = await (await fetch(`http://${host}/v2/acme/large/manifests/1`)).text();
  let inner = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: pushed.digest,
    size: Buffer.byteLength(manifest),
  };
  for (let depth = 1; depth <= 5; depth++) {
    inner = await putIndex(place, `nested-${depth}`, [{ image: inner, platform }]);
    const pulling = pull(await tempDir(), `oci://${place}:nested-${depth}!${path}`);
    if (depth <= 4) expect((await pulling).plugins).toHaveLength(1);
    else await expect(pulling).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  }
});

test('Layers in zstd are read where Node.js can, and otherwise the hint says what to do', async () => {
  const { host } = await startRegistryImitation();
  const content = await readFile(join(repository, 'test/fixtures/layers/plugin.tar.zst'));
  for (const mediaType of [
    'application/vnd.oci.image.layer.v1.tar+zstd',
    'application/vnd.docker.image.rootfs.diff.tar.zstd',
  ]) {
    await putImage(`${host}/acme/zstd`, '1', [{ mediaType, content }], packagesAnnotation('plugin'));
    const pulling = pull(await tempDir(), `oci://${host}/acme/zstd:1!plugin`);
    if ('createZstdDecompress' in (await import('node:zlib'))) expect((await pulling).plugins).toHaveLength(1);
    else {
      await expect(pulling).rejects.toMatchObject({
        code: 'IMAGE_INVALID',
        hint: expect.stringMatching(/Node\.js 22\.15/) as string,
      });
    }
  }
});

import {
  MANIFEST_FILE,
  generateKeys,
  readManifest,
  readPrivateKey,
  readPublicKey,
  signBundle,
} from '@stagedoor/bundle';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropArchive, dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

/** A key pair: to sign with, as app-config lists it, and its id. */
interface Keys {
  sign(dir: string): Promise<unknown>;
  pem: string;
  id: string;
}

function keys(): Keys {
  const { privateKey, publicKey } = generateKeys(undefined);
  const key = readPrivateKey(privateKey, 'test');
  return { sign: (dir) => signBundle(dir, key), pem: publicKey, id: readPublicKey(publicKey, 'test').keyId };
}

function asking(mode: string, trusted: readonly Keys[], more: Record<string, unknown> = {}): Promise<RunningBackend> {
  const signatures = { mode, trustedKeys: trusted.map(({ pem }) => pem), ...more };
  return startBackend({ dynamicPlugins: { signatures } });
}

/** A greeter bundle, signed by each of the keys. */
async function greeter(signers: readonly Keys[] = [], version = '1.0.0'): Promise<string> {
  const dir = await fixtureBundle(await tempDir(), 'greeter', { version });
  for (const { sign } of signers) await sign(dir);
  return dir;
}

describe('where signatures are required, a bundle', () => {
  test('signed by a trusted key runs, as folder and as archive, and says who signed', async () => {
    const [mine, stranger] = [keys(), keys()];
    const file = join(await tempDir(), 'trusted.pub.pem');
    await writeFile(file, mine.pem);
    const backend = await asking('require', [], { trustedKeys: [file] });
    await dropFolder(await greeter([mine, stranger]), backend.root, 'greeter');
    const status = await backend.until(GREETER, 'running');
    expect(status!.signature).toEqual({ verdict: 'good', signedBy: [mine.id], unknown: [stranger.id] });
    await dropArchive(await greeter([mine], '2.0.0'), backend.root, 'greeter-2.tgz');
    await backend.until(GREETER, 'running', '2.0.0');
  });

  test.each([
    ['not signed', 'SIGNATURE_MISSING', 'missing', async () => greeter()],
    [
      'of another tool',
      'SIGNATURE_MISSING',
      'missing',
      async () => fixtureBundle(await tempDir(), 'greeter', { sealed: false }),
    ],
    ['signed by a stranger', 'SIGNATURE_UNTRUSTED', 'untrusted', async () => greeter([keys()])],
    [
      'signed in the name of a trusted key for another manifest',
      'SIGNATURE_INVALID',
      'invalid',
      async (mine: Keys) => {
        const dir = await greeter([mine]);
        const manifest = join(dir, MANIFEST_FILE);
        await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('fixture', 'forgery'));
        return dir;
      },
    ],
    [
      'whose signature file is no such file',
      'SIGNATURE_INVALID',
      'invalid',
      async (mine: Keys) => {
        const dir = await greeter([mine]);
        await writeFile(join(dir, 'dynamic-bundle.sig'), '{"__proto__": {"format": 1}}');
        return dir;
      },
    ],
  ])('%s is refused with %s before any of it runs', async (_what, code, verdict, make) => {
    const mine = keys();
    const backend = await asking('require', [mine]);
    await dropFolder(await make(mine), backend.root, 'greeter');
    const status = await backend.until(GREETER, 'rejected');
    expect(status).toMatchObject({ code, hint: expect.any(String), signature: { verdict, signedBy: [] } });
    expect(await greeterVersion(backend)).toBe(404);
    expect(backend.logs.some((line) => line.includes('refused by dynamicPlugins.signatures'))).toBe(true);
  });

  test('runs once it is signed where it lies, and goes on serving when the signature is taken away', async () => {
    const mine = keys();
    const backend = await asking('require', [mine]);
    const bundle = await greeter();
    await dropFolder(bundle, backend.root, 'greeter');
    await backend.until(GREETER, 'rejected');
    await mine.sign(join(backend.root, 'greeter'));
    const running = await backend.until(GREETER, 'running');
    await dropFolder(bundle, backend.root, 'greeter');
    const rejected = await backend.until(GREETER, 'rejected');
    expect(rejected).toMatchObject({ code: 'SIGNATURE_MISSING', loaded: running!.loaded });
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await mine.sign(join(backend.root, 'greeter'));
    expect((await backend.until(GREETER, 'running'))!.loaded).toEqual(running!.loaded);
  });

  test('is judged by its staged copy: one that was touched there is staged anew', async () => {
    const mine = keys();
    const stateDirectory = join(await tempDir(), 'state');
    const settings = { stateDirectory, signatures: { mode: 'require', trustedKeys: [mine.pem] } };
    const bundle = await greeter([mine]);
    const before = (root: string): Promise<void> => cp(bundle, join(root, 'greeter'), { recursive: true });
    const first = await startBackend({ dynamicPlugins: settings, before });
    await first.until(GREETER, 'running');
    await first.stop();
    const [copy] = await readdir(join(stateDirectory, 'staged', GREETER));
    const manifest = join(stateDirectory, 'staged', GREETER, copy!, MANIFEST_FILE);
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('fixture', 'forgery'));
    await writeFile(join(manifest, '../index.cjs'), 'throw new Error("touched");');
    const second = await startBackend({ dynamicPlugins: settings, before });
    expect((await second.until(GREETER, 'running'))!.signature!.verdict).toBe('good');
    expect(await greeterVersion(second)).toBe('1.0.0');
  });

  test('that is listed needs none, but a false one still counts', async () => {
    const mine = keys();
    const backend = await asking('require', [mine], { allowUnsigned: ['greeter'] });
    await dropFolder(await greeter(), backend.root, 'greeter');
    expect((await backend.until(GREETER, 'running'))!.signature!.verdict).toBe('missing');
    expect(backend.logs.join('\n')).toMatch(/warn .*Its name alone is listed.*/);
    const forged = await greeter([mine], '2.0.0');
    await writeFile(join(forged, 'index.cjs'), 'throw new Error("forged");');
    await dropFolder(forged, backend.root, 'greeter');
    expect((await backend.until(GREETER, 'rejected'))!.code).toBe('DIGEST_MISMATCH');
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });
});

test('A build that is listed by its digest needs no signature; another build of its name does', async () => {
  const listed = await greeter();
  const { digest } = (await readManifest(listed))!;
  const backend = await asking('require', [keys()], { allowUnsigned: [`greeter@sha256:${digest}`] });
  await dropFolder(listed, backend.root, 'greeter');
  await backend.until(GREETER, 'running', '1.0.0');
  await dropFolder(await greeter([], '2.0.0'), backend.root, 'greeter');
  expect((await backend.until(GREETER, 'rejected'))!.code).toBe('SIGNATURE_MISSING');
  expect(await greeterVersion(backend)).toBe('1.0.0');
});

test('In production, a name alone excuses nobody: the portal does not start with it', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(asking('require', [keys()], { allowUnsigned: ['greeter'] })).rejects.toThrow(
    /allowUnsigned.*names 'greeter' without a digest.*<name>@sha256:<digest>/,
  );
});

test('where signatures are asked for with a warning, an unsigned bundle runs, and its log says so', async () => {
  const backend = await asking('warn', [keys()]);
  await dropFolder(await greeter(), backend.root, 'greeter');
  expect((await backend.until(GREETER, 'running'))!.signature).toEqual({
    verdict: 'missing',
    signedBy: [],
    unknown: [],
  });
  expect(backend.logs.some((line) => /^warn .*warned by dynamicPlugins\.signatures.*is not signed/.test(line))).toBe(
    true,
  );
});

test('where signatures are not looked at, nothing is said of them', async () => {
  const backend = await startBackend();
  await dropFolder(await greeter([keys()]), backend.root, 'greeter');
  expect((await backend.until(GREETER, 'running'))!.signature).toBeUndefined();
});

describe('the packages that may be loaded', () => {
  test.each([
    ['are not those that are denied by name', { deny: [{ name: 'greeter' }] }, false],
    ['are not those that are denied by a pattern', { deny: [{ name: '*' }] }, false],
    ['are not those denied in another case', { deny: [{ name: 'GREETER-*' }] }, false],
    ['are not those whose version is denied', { deny: [{ name: 'greeter', version: '<2' }] }, false],
    ['are those whose version is not denied', { deny: [{ name: 'greeter', version: '>=2' }] }, true],
    ['are only those that are allowed', { allow: [{ name: '@acme/*' }] }, false],
    ['are those that are allowed, in this version', { allow: [{ name: 'gree*', version: '^1.0.0' }] }, true],
    ['are not those that are allowed in other versions', { allow: [{ name: 'greeter', version: '^2.0.0' }] }, false],
    ['are not those that are both allowed and denied', { allow: [{ name: '*' }], deny: [{ name: 'greeter' }] }, false],
    ['are not those that only begin like an allowed one', { allow: [{ name: 'greet' }] }, false],
    ['are none where none is allowed', { allow: [] }, false],
  ])('%s', async (_what, packages, runs) => {
    const backend = await startBackend({ dynamicPlugins: { packages } });
    await drop(backend, 'greeter');
    const status = await backend.until(GREETER, runs ? 'running' : 'rejected');
    expect(status!.code).toBe(runs ? undefined : 'PACKAGE_DENIED');
    expect(await greeterVersion(backend)).toBe(runs ? '1.0.0' : 404);
  });

  test('are held back by a range that their version cannot be compared with', async () => {
    const backend = await startBackend({
      dynamicPlugins: { packages: { deny: [{ name: 'greeter', version: '<1' }] } },
    });
    await drop(backend, 'greeter', { version: 'latest' });
    expect((await backend.until(GREETER, 'rejected'))!.code).toBe('PACKAGE_DENIED');
    await rm(join(backend.root, 'greeter'), { recursive: true });
    await backend.until(GREETER, 'gone');
  });
});

describe('a bundle that brings services of the host', () => {
  const NAME = 'replaces-services-dynamic';

  test.each(['cache', 'rootHealth', 'httpRouter'])('is refused for %s where it is not listed', async (service) => {
    const backend = await startBackend({ dynamicPlugins: { services: ['core.other'] } });
    await drop(backend, 'replaces-services', { packageJson: { replaces: [service] } });
    const status = await backend.until(NAME, 'rejected');
    expect(status).toMatchObject({
      code: 'SERVICE_REPLACEMENT_REFUSED',
      hint: expect.stringContaining(`'core.${service}' under dynamicPlugins.services`),
    });
  });

  test('gets what it brings where that is listed, and nobody else does', async () => {
    const backend = await startBackend({ dynamicPlugins: { services: ['core.cache', 'core.rootHealth'] } });
    await drop(backend, 'asks-services');
    await drop(backend, 'replaces-services', { packageJson: { replaces: ['cache', 'rootHealth'] } });
    await backend.until(NAME, 'running');
    await backend.until('asks-services-dynamic', 'running');
    const answers = await (await backend.get('/api/replaces/answers')).json();
    expect(answers).toEqual({ cache: 'the bundle', rootHealth: 'the bundle' });
    const others = (await (await backend.get('/api/asks/answers')).json()) as { cache?: string };
    expect(others.cache).not.toBe('the bundle');
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
    expect((await backend.get('/api/replaces/secret')).status).toBe(401);
    expect(backend.logs.some((line) => line.includes("replaces the service 'core.cache'"))).toBe(true);
  });

  test('is reached by no request past its own router where that is what it replaces', async () => {
    const backend = await startBackend({ dynamicPlugins: { services: ['core.httpRouter'] } });
    await drop(backend, 'replaces-services', { packageJson: { replaces: ['httpRouter'] } });
    const status = await backend.until(NAME, 'running');
    expect(status!.openedRoutes).toEqual([{ pluginId: 'replaces', path: '/answers', allow: 'unauthenticated' }]);
    expect((await backend.get('/api/replaces/answers')).status).toBe(404);
  });
});

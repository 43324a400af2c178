import { packBundle, type CodedError } from '@stagedoor/bundle';
import type { InstallResult } from '@stagedoor/cli/api';
import { lstat, mkdir, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { npmHeaders } from '../../../cli/src/registry/npmHeaders';
import { runStagedoor } from '../../support/commandLine';
import { serve } from '../../support/serve';
import { tempDir } from '../../support/tempDir';
import { namedBundle } from './installSupport';

let archive: { bytes: Buffer; integrity: string };
let published: { bytes: Buffer; integrity: string };
beforeEach(async () => {
  archive = await packed(await namedBundle('x-dynamic', '1.0.0'));
  const plain = await tempDir();
  const packageJson = { name: 'x', version: '1.0.0', backstage: { role: 'backend-plugin' }, dependencies: { y: '1' } };
  await writeFile(join(plain, 'package.json'), JSON.stringify(packageJson));
  published = await packed(plain);
});

async function packed(dir: string): Promise<{ bytes: Buffer; integrity: string }> {
  const { file, integrity } = await packBundle(dir, join(await tempDir(), 'x.tgz'));
  return { bytes: await readFile(file), integrity };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server, and the Authorization headers of its requests. */
async function server(answer: Answer): Promise<{ url: string; authorizations: Array<string | undefined> }> {
  const authorizations: Array<string | undefined> = [];
  const url = await serve((request, response) => {
    authorizations.push(request.headers.authorization);
    answer(request, response);
  });
  return { url, authorizations };
}

/** What a registry lists of x@1.0.0. */
function packument(tarball: string, { integrity } = archive): string {
  const versions = { '1.0.0': { name: 'x', version: '1.0.0', dist: { tarball, integrity } } };
  return JSON.stringify({ name: 'x', 'dist-tags': { latest: '1.0.0' }, versions });
}

const redirect =
  (to: string): Answer =>
  (_, response) =>
    void response.writeHead(307, { location: to }).end();

interface Installed {
  result: InstallResult & { error?: CodedError };
  /** Everything that was printed or stored. */
  everything: string;
}

/** Installs one entry with these lines of .npmrc, as a command with text and with JSON output. */
async function installOne(entry: object, npmrc: string[] = []): Promise<Installed> {
  const cwd = await tempDir();
  await writeFile(join(cwd, '.npmrc'), `${npmrc.join('\n')}\n`);
  await writeFile(join(cwd, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: [entry] }));
  const env = { HOME: cwd, npm_config_registry: undefined };
  const text = await runStagedoor(['install', 'first'], { cwd, env });
  const json = await runStagedoor(['install', 'root', '--json'], { cwd, env });
  const stored = [];
  for (const name of await readdir(cwd, { recursive: true })) {
    if (name === '.npmrc' || name === 'dynamic-plugins.yaml') continue;
    const info = await lstat(join(cwd, name));
    // The lock is links that point to no file: their text is what is stored.
    if (info.isSymbolicLink()) stored.push(await readlink(join(cwd, name)));
    else if (info.isFile()) stored.push(await readFile(join(cwd, name), 'latin1'));
  }
  const everything = [text.stdout, text.stderr, json.stdout, json.stderr, ...stored].join('\n');
  return { result: JSON.parse(json.stdout) as Installed['result'], everything };
}

describe('Credentials of .npmrc', () => {
  const tokenFor = (url: string): string => `${url.replace('http:', '')}/:_authToken=hidden-token`;

  test('go to the registry, and neither to another server of archives nor after a redirect', async () => {
    const other = await server((_, response) => response.end(archive.bytes));
    for (const moved of [false, true]) {
      const registry = await server((request, response) => {
        if (request.url?.endsWith('.tgz')) redirect(`${other.url}/x.tgz`)(request, response);
        else response.end(packument(`${moved ? other.url : registry.url}/x.tgz`));
      });
      const entry = { package: 'x@1.0.0', integrity: archive.integrity };
      const { result, everything } = await installOne(entry, [`registry=${registry.url}/`, tokenFor(registry.url)]);
      expect(result.error).toBeUndefined();
      expect(new Set(registry.authorizations)).toEqual(new Set(['Bearer hidden-token']));
      expect(everything).not.toContain('hidden');
    }
    expect(new Set(other.authorizations)).toEqual(new Set([undefined]));
  });

  test('go to the server of an archive that they are for', async () => {
    const web = await server((_, response) => response.end(archive.bytes));
    const entry = { package: `${web.url}/team/x.tgz`, integrity: archive.integrity };
    const npmrc = [`${web.url.replace('http:', '')}/team/:_authToken=hidden-token`];
    expect((await installOne(entry, npmrc)).result.error).toBeUndefined();
    expect(web.authorizations).toEqual(['Bearer hidden-token', 'Bearer hidden-token']);
    const elsewhere = { package: `${web.url}/public/x.tgz`, integrity: archive.integrity };
    await installOne(elsewhere, npmrc);
    expect(web.authorizations.slice(2)).toEqual([undefined, undefined]);
  });

  test('never go over plain http for a registry that is configured with https', async () => {
    const settings = { registry: 'https://npm.example/', '//npm.example/:_authToken': 'hidden' };
    const headersOf = (url: string, more = {}) => npmHeaders(new URL(url), { settings, name: 'x', ...more });
    expect(await headersOf('https://npm.example/x.tgz')).toEqual({ authorization: 'Bearer hidden' });
    expect(await headersOf('http://npm.example/x.tgz')).toEqual({});
    expect(await headersOf('https://npm.example:8443/x.tgz')).toEqual({});
    expect(await headersOf('http://npm.example/x.tgz', { insecure: true })).not.toEqual({});
    const plain = { ...settings, registry: 'http://npm.example/' };
    expect(await headersOf('http://npm.example/x.tgz', { settings: plain })).not.toEqual({});
  });
});

describe('Secrets in addresses are neither printed nor stored', () => {
  test('of an archive that is installed', async () => {
    const { url } = await server((_, response) => response.end(archive.bytes));
    const entry = { package: `${url}/x.tgz?X-Amz-Signature=hidden&v=1`, integrity: archive.integrity };
    const { result, everything } = await installOne(entry);
    const shown = `${url}/x.tgz?X-Amz-Signature=***&v=***`;
    expect(result.plugins).toMatchObject([{ package: shown, key: shown, identity: shown }]);
    expect(everything).toContain(`"${shown}": {`);
    expect(everything).not.toContain('hidden');
  });

  test('of an archive that is not there, or not what it should be', async () => {
    for (const status of [404, 200]) {
      const { url } = await server((_, response) => void response.writeHead(status).end('x'));
      const entry = { package: `${url}/x.tgz?token=hidden`, integrity: archive.integrity };
      const { result, everything } = await installOne(entry);
      expect(result.error?.message).toContain(`${url}/x.tgz?token=***`);
      expect(everything).not.toContain('hidden');
    }
  });

  test('of an address that a server redirects to', async () => {
    const storage = await server((_, response) => response.destroy());
    const web = await server(redirect(`${storage.url}/x.tgz?signature=hidden`));
    const { result, everything } = await installOne({ package: `${web.url}/x.tgz`, integrity: archive.integrity });
    expect(result.error?.code).toBe('DOWNLOAD_FAILED');
    expect(everything).not.toContain('hidden');
  });

  test('of an archive that an npm registry lists', async () => {
    for (const bytes of [archive.bytes, Buffer.from('x')]) {
      const registry = await server((request, response) => {
        if (request.url?.includes('.tgz')) response.end(bytes);
        else response.end(packument(`${registry.url}/x.tgz?signature=hidden`));
      });
      const entry = { package: 'x@1.0.0', integrity: archive.integrity };
      const { result, everything } = await installOne(entry, [`registry=${registry.url}/`]);
      expect(result.error?.code).toBe(bytes === archive.bytes ? undefined : 'INTEGRITY_MISMATCH');
      expect(everything).not.toContain('hidden');
    }
  });

  test('of two archives that differ by them alone, which both have their entry in the lock', async () => {
    const second = await packed(await namedBundle('z-dynamic', '1.0.0'));
    const { url } = await server(({ url: path }, response) => {
      response.end(path === '/?id=hidden-1' ? archive.bytes : second.bytes);
    });
    const cwd = await tempDir();
    const plugins = [
      { package: `${url}/?id=hidden-1`, integrity: archive.integrity },
      { package: `${url}/?id=hidden-2`, integrity: second.integrity },
    ];
    await writeFile(join(cwd, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
    const env = { HOME: cwd };
    expect(await runStagedoor(['install', 'root'], { cwd, env })).toMatchObject({ code: 0 });
    const lock = await readFile(join(cwd, 'dynamic-plugins.lock'), 'utf8');
    expect(Object.keys((JSON.parse(lock) as { plugins: object }).plugins)).toEqual([
      `${url}/?id=***`,
      `${url}/?id=*** (2)`,
    ]);
    expect(await runStagedoor(['install', 'other', '--frozen'], { cwd, env })).toMatchObject({ code: 0 });
    expect(await runStagedoor(['mirror', 'mirror'], { cwd, env })).toMatchObject({ code: 0 });
    const offline = await runStagedoor(['install', 'third', '--offline', 'mirror', '--frozen'], { cwd, env });
    expect(offline).toMatchObject({ code: 0 });
    expect((await readdir(join(cwd, 'third'))).sort()).toEqual(expect.arrayContaining(['x-dynamic', 'z-dynamic']));
    expect(await readFile(join(cwd, 'mirror/mirror.json'), 'utf8')).not.toContain('hidden');
  });
});

test.each([
  'https://clerk:hidden@host.example/x.tgz',
  'https://hidden@host.example/x.tgz',
  'oci://clerk:hidden@host.example/acme/x:1',
  'x@https://clerk:hidden@host.example/x.tgz',
  'git+https://clerk:hidden@host.example/x.git',
])('A list with %s is refused, and says where credentials belong', async (text) => {
  const { result, everything } = await installOne({ package: text, integrity: archive.integrity });
  expect(result.error).toMatchObject({
    code: 'CREDENTIALS_IN_LIST',
    hint: expect.stringMatching(/\.npmrc.*REGISTRY_AUTH_FILE/) as string,
  });
  expect(everything).not.toContain('hidden');
});

describe('What an npm registry says of an address', () => {
  test.each([' exported', '%20exported', '#x exported'])('does not turn on an export: %j', async (suffix) => {
    const registry = await server((request, response) => {
      if (request.url?.includes('.tgz')) response.end(published.bytes);
      else response.end(packument(`${registry.url}/x.tgz${suffix}`, published));
    });
    const entry = { package: 'x@1.0.0', integrity: published.integrity };
    const { result } = await installOne(entry, [`registry=${registry.url}/`]);
    expect(result.error?.code).toBe('PACKAGE_NOT_DYNAMIC');
  });

  test('is part of the identity, which tells an export from an address that looks like one', async () => {
    const registry = await server((request, response) => {
      if (request.url?.includes('.tgz')) response.end(archive.bytes);
      else response.end(packument(`${registry.url}/x.tgz exported`));
    });
    const entry = { package: 'x@1.0.0', integrity: archive.integrity };
    const { result } = await installOne(entry, [`registry=${registry.url}/`]);
    expect(result.plugins).toMatchObject([{ identity: `npm x@1.0.0 ${registry.url}/x.tgz%20exported` }]);
  });

  test.each(['file:///etc/passwd', 'ftp://host.example/x.tgz', 'nonsense', 7])(
    'is FETCH_FAILED where it is not of a web server: %s',
    async (tarball) => {
      const { url } = await server((_, response) => response.end(packument(tarball as string)));
      const { result } = await installOne({ package: 'x@1.0.0', integrity: archive.integrity }, [`registry=${url}/`]);
      expect(result.error?.code).toBe('FETCH_FAILED');
    },
  );
});

test('A mirror without the data of an npm package is made again, whatever its identity says', async () => {
  const cwd = await tempDir();
  const { integrity } = archive;
  const identity = 'npm x@1.0.0 http://npm.example/x.tgz exported';
  const resolved = { kind: 'npm', key: 'x', identity, version: '1.0.0', digest: integrity, integrity };
  await mkdir(join(cwd, 'mirror'));
  await writeFile(
    join(cwd, 'mirror/mirror.json'),
    JSON.stringify({ format: 1, packages: [{ package: 'x@1.0.0', resolved }] }),
  );
  const plugins = [{ package: 'x@1.0.0', integrity, export: true }];
  await writeFile(join(cwd, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
  const { stdout } = await runStagedoor(['install', 'root', '--offline', 'mirror', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MIRROR_INVALID' } });
});

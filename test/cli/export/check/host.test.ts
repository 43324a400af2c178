import { exportPlugin, readHost, type HostManifest } from '@stagedoor/cli/api';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBackend } from '../../../support/backend';
import { runProcess } from '../../../support/childProcess';
import { tempDir } from '../../../support/tempDir';
import { bin, fixturePackage } from '../exportSupport';
import { edit } from './lockfileSupport';

const host: HostManifest = {
  backstage: '1.53.0',
  node: process.versions.node,
  platform: process.platform,
  arch: process.arch,
  abi: process.versions.modules,
  shared: { '@backstage/backend-plugin-api': '1.99.0', '@backstage/errors': '1.99.0' },
};

/** Answers every request with `status` and `body` until the test ends; collects what was asked. */
async function serve(status: number, body: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? 'without a token'}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => new Promise<void>((closed) => void server.close(() => closed())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The fixture exported for `host` with changes. */
async function exportFor(changes: Partial<HostManifest>, fixture = 'decisions', verify = false) {
  const cwd = await fixturePackage(fixture);
  return await exportPlugin({ cwd, pack: false, verify, host: { ...host, ...changes }, explain: '' });
}

describe('A bundle for one portal', () => {
  it('imports what that portal shares and inlines the rest', async () => {
    const fewer = await exportFor({ shared: { '@backstage/backend-plugin-api': '1.99.0' } });
    expect(Object.keys(fewer.shared)).toEqual(['@backstage/backend-plugin-api']);
    expect(fewer.inlined.map(({ name }) => name)).toContain('@backstage/errors');

    const more = await exportFor({ shared: { ...host.shared, deep: '2.4.0' } }, 'decisions', true);
    expect(more.shared).toMatchObject({ deep: '^2.0.0', '@backstage/errors': '^1.2.0' });
    expect(more.explain?.find(({ name }) => name === 'deep')).toMatchObject({
      decision: 'shared',
      reason: 'the host shares its 2.4.0',
    });
  });

  it('fails at export where the portal cannot satisfy a peer range, naming it', async () => {
    const shared = { '@backstage/backend-plugin-api': '1.99.0', '@backstage/errors': '1.1.0' };
    await expect(exportFor({ shared })).rejects.toMatchObject({
      code: 'PEER_UNSATISFIED',
      message: '@fixture/decisions needs @backstage/errors ^1.2.0; the host has 1.1.0.',
      details: { peers: [{ name: '@backstage/errors', range: '^1.2.0', version: '1.1.0' }] },
    });
  });

  it('says at export where the portal is a minor release ahead of a package below 1.0', async () => {
    const extra = '@backstage/plugin-extra-node';
    const { shared, warnings } = await exportFor({ shared: { ...host.shared, [extra]: '0.2.0' } });
    expect(shared).toMatchObject({ [extra]: '^0.1.0' });
    expect(warnings).toContain(`The host has ${extra} 0.2.0, a later minor release than ^0.1.0.`);
  });

  it('fails at export where --shared asks for what the portal does not share', async () => {
    const cwd = await fixturePackage('decisions');
    const overrides = { shared: ['left'] };
    await expect(exportPlugin({ cwd, pack: false, startCheck: false, host, overrides })).rejects.toMatchObject({
      code: 'PEER_UNKNOWN',
      message: 'The host does not share left.',
    });
  });

  it('fails at export on another Node.js or release of Backstage than the plugin supports', async () => {
    await expect(exportFor({ node: '18.20.0' })).rejects.toMatchObject({
      code: 'NODE_UNSUPPORTED',
      message: '@fixture/decisions needs Node.js >=20; the host runs 18.20.0.',
    });
    const cwd = await fixturePackage('decisions');
    await writeFile(join(cwd, 'backstage.json'), '{ "version": "1.40.2" }');
    const { warnings } = await exportPlugin({ cwd, pack: false, startCheck: false, host });
    expect(warnings).toContain('@fixture/decisions supports Backstage ~1.40.2; the host is 1.53.0.');
  });

  it('fails at export with native code that the portal cannot load', async () => {
    await expect(exportFor({ arch: 's390x', abi: '999' }, 'native-addon')).rejects.toMatchObject({
      code: 'PLATFORM_MISMATCH',
      message: expect.stringContaining('the host runs on ' + `${process.platform}-s390x, ABI 999.`) as string,
    });
    // Without native code the platform is all one.
    expect((await exportFor({ arch: 's390x', abi: '999' })).name).toBe('@fixture/decisions-dynamic');
  });
});

describe('The manifest of a portal', () => {
  it('is read from a running portal, with a token from the environment or a file, never from an argument', async () => {
    const backend = await startBackend();
    const refreshed = await (await backend.get('/api/auth/guest/refresh')).json();
    const { token } = (refreshed as { backstageIdentity: { token: string } }).backstageIdentity;
    const cwd = await fixturePackage('decisions');
    const args = [bin, 'export', '--json', '--host', backend.url];

    const refused = await runProcess(process.execPath, args, { cwd, env: { STAGEDOOR_HOST_TOKEN: undefined } });
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: {
        code: 'HOST_UNREADABLE',
        message: `${backend.url}/api/dynamic-plugins/v1/host: the portal answers 401.`,
        hint: 'Give the Backstage token of a signed-in user in STAGEDOOR_HOST_TOKEN or --host-token-file.',
      },
    });

    const run = await runProcess(process.execPath, args, { cwd, env: { STAGEDOOR_HOST_TOKEN: token } });
    expect(run.code, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ startCheck: 'passed', shared: { '@backstage/errors': '^1.2.0' } });

    await writeFile(join(cwd, 'token'), `${token}\n`);
    const withFile = await runProcess(process.execPath, [...args, '--no-start-check', '--host-token-file', 'token'], {
      cwd,
    });
    expect(withFile.code, withFile.stderr).toBe(0);
  });

  it('is asked for where the URL says, at its place below a bare URL of the portal', async () => {
    const { url, asked } = await serve(200, JSON.stringify(host));
    expect(await readHost({ location: url }, '/')).toEqual(host);
    expect(await readHost({ location: `${url}/saved.json`, token: 'secret' }, '/')).toEqual(host);
    expect(asked).toEqual(['/api/dynamic-plugins/v1/host without a token', '/saved.json Bearer secret']);
  });

  it('is read from a file', async () => {
    const cwd = await tempDir();
    await writeFile(join(cwd, 'host.json'), JSON.stringify(host));
    expect(await readHost({ location: 'host.json' }, cwd)).toEqual(host);
  });

  it.each([
    ['not JSON', '<html>Sign in</html>', 'it is not JSON'],
    ['not a manifest', '{ "shared": { "@backstage/errors": 1 } }', 'not a host manifest: node: '],
    ['too large', ' '.repeat(1024 * 1024 + 1), 'larger than 1048576 bytes'],
  ])('that is %s is refused', async (_, body, message) => {
    const { url } = await serve(200, body);
    const expected = { code: 'HOST_UNREADABLE', message: expect.stringContaining(message) as string };
    await expect(readHost({ location: url }, '/')).rejects.toMatchObject(expected);
  });

  it.each([
    ['absent.json', 'ENOENT'],
    ['.', 'it is not a file'],
    ['http://127.0.0.1:9/', 'bad port'],
    ['http://[', 'Invalid URL'],
  ])('at %s is not found', async (location, message) => {
    const expected = { code: 'HOST_UNREADABLE', message: expect.stringContaining(message) as string };
    await expect(readHost({ location }, await tempDir())).rejects.toMatchObject(expected);
  });

  it('is not waited for when the export is stopped', async () => {
    const { url } = await serve(200, JSON.stringify(host));
    await expect(readHost({ location: url }, '/', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('The lockfile', () => {
  it('is not held against what the portal provides', async () => {
    const cwd = await fixturePackage('decisions');
    const packages = { 'node_modules/left': { version: '1.0.0' }, 'node_modules/deep': { version: '9.0.0' } };
    for (const name of ['right', 'barrel', 'needs-optional', '@backstage/plugin-extra-node']) {
      const { version } = JSON.parse(await readFile(join(cwd, 'node_modules', name, 'package.json'), 'utf8')) as {
        version: string;
      };
      Object.assign(packages, { [`node_modules/${name}`]: { version } });
    }
    await writeFile(join(cwd, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    const options = { cwd, pack: false, startCheck: false };
    await expect(exportPlugin(options)).rejects.toMatchObject({
      code: 'LOCKFILE_MISMATCH',
      message: 'deep 2.1.0 is installed, package-lock.json says 9.0.0; right imports it in lib/inner.js.',
    });
    const shared = { ...host.shared, deep: '2.4.0' };
    expect((await exportPlugin({ ...options, host: { ...host, shared } })).shared).toHaveProperty('deep');
    await edit(join(cwd, 'package-lock.json'), '9.0.0', '2.1.0');
    expect((await exportPlugin(options)).shared).not.toHaveProperty('deep');
  });
});

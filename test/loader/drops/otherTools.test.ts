import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { fixtureBundle } from '../../support/bundles';
import { drop } from '../../support/greeter';
import { backstageCliBundle, installedDir, rhdhExport, rhdhWrapper } from '../../support/otherTools';
import { tempDir } from '../../support/tempDir';

const BADGES = '@backstage-community/plugin-badges-backend';
const NOTIFICATIONS = '@backstage/plugin-notifications-backend';
const SONARQUBE = '@backstage-community/plugin-sonarqube-backend';
const GITHUB = '@backstage/plugin-auth-backend-module-github-provider';

const sonarqube = { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' };

async function ask(backend: RunningBackend, path: string, token?: string): Promise<[number, unknown]> {
  const response = await fetch(backend.url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  return [response.status, await response.json()];
}

async function guestToken(backend: RunningBackend): Promise<string> {
  const [, body] = await ask(backend, '/api/auth/guest/refresh');
  return (body as { backstageIdentity: { token: string } }).backstageIdentity.token;
}

describe('A published plugin as rhdh-cli exports it', () => {
  test('loads unchanged, with the packages that it has in its own node_modules', async () => {
    const backend = await startBackend({
      config: { sonarqube },
      before: (root) => rhdhExport(join(root, 'sonarqube'), SONARQUBE),
    });
    await backend.until(`${SONARQUBE}-dynamic`, 'running');
    expect((await ask(backend, '/api/sonarqube/instanceUrl'))[0]).toBe(401);
    expect(await ask(backend, '/api/sonarqube/instanceUrl', await guestToken(backend))).toEqual([
      200,
      { instanceUrl: sonarqube.baseUrl },
    ]);
  });

  test('loads behind a wrapper that embeds it', async () => {
    const backend = await startBackend({ before: (root) => rhdhWrapper(join(root, 'badges'), installedDir(BADGES)) });
    const status = await backend.until('plugin-badges-backend-wrapper-dynamic', 'running');
    expect(status!.pluginIds).toEqual(['badges']);
    expect((await ask(backend, '/api/badges/entity'))[0]).toBe(401);
  });
});

describe('A published plugin as `backstage-cli package bundle` bundles it', () => {
  test('loads with copies of its own of what the portal has, and finds its migrations', async () => {
    const backend = await startBackend({
      before: (root) => backstageCliBundle(join(root, 'notifications'), NOTIFICATIONS),
    });
    await backend.until(NOTIFICATIONS, 'running');
    expect(await ask(backend, '/api/notifications', await guestToken(backend))).toEqual([
      200,
      { notifications: [], totalCount: 0 },
    ]);
  });

  test('joins a plugin of the portal when it is a module', async () => {
    const github = { development: { clientId: 'known-client', clientSecret: 'secret' } };
    const backend = await startBackend({
      config: {
        auth: {
          environment: 'development',
          session: { secret: 'secret' },
          providers: { guest: { dangerouslyAllowOutsideDevelopment: true }, github },
        },
      },
      before: (root) => backstageCliBundle(join(root, 'github'), GITHUB),
    });
    await backend.until(GITHUB, 'running');
    const start = await fetch(`${backend.url}/api/auth/github/start?env=development`, { redirect: 'manual' });
    expect([start.status, start.headers.get('location')]).toEqual([302, expect.stringContaining('known-client')]);
  });
});

describe('A bundle of another tool', () => {
  const shapes = [
    { what: 'installs its features with a function', fixture: 'installer', answers: ['installed', 'installed-too'] },
    { what: 'consists of ES modules', fixture: 'es-modules', answers: ['es-modules'] },
    { what: 'has its feature below alpha/, at default.default', fixture: 'with-alpha', answers: ['with-alpha'] },
  ];
  test.each(shapes)('loads when it $what', async ({ fixture, answers }) => {
    const backend = await startBackend();
    await drop(backend, fixture, { sealed: false });
    expect((await backend.until(`${fixture}-dynamic`, 'running'))!.pluginIds.sort()).toEqual(answers);
    for (const id of answers) {
      expect(await ask(backend, `/api/${id}/hello`)).toEqual([200, { from: id.replace(/^with-/, '') }]);
      expect((await ask(backend, `/api/${id}/other`))[0]).toBe(401);
    }
  });

  test('is refused by name when its installer is of the old backend system', async () => {
    const backend = await startBackend();
    await drop(backend, 'legacy-installer', { sealed: false });
    const status = await backend.until('legacy-installer-dynamic', 'rejected');
    expect([status!.code, status!.message]).toEqual(['LEGACY_BACKEND', expect.stringContaining("kind 'legacy'")]);
  });

  test('is refused by name when it is for the frontend', async () => {
    const backend = await startBackend();
    await drop(backend, 'frontend-container', { sealed: false });
    const status = await backend.until('frontend-container-dynamic', 'rejected');
    expect([status!.code, status!.hint]).toEqual(['ROLE_UNSUPPORTED', expect.stringContaining('frontend')]);
  });

  test('finds the migrations of a plugin that it wraps by the name of that plugin', async () => {
    const backend = await startBackend();
    const source = await fixtureBundle(await tempDir(), 'stores-rows', {
      sealed: false,
      packageJson: { name: 'backstage-plugin-stores-rows-backend' },
    });
    const dir = join(backend.root, 'wrapper');
    await rhdhWrapper(dir, source);
    await cp(join(source, 'node_modules'), join(dir, 'node_modules'), { recursive: true });
    await backend.until('backstage-plugin-stores-rows-backend-wrapper-dynamic', 'running');
    expect(await ask(backend, '/api/stores-rows/rows')).toEqual([200, { rows: ['ROW'] }]);
  });

  test('is not misled by resolutions that lead out of it', async () => {
    const backend = await startBackend();
    const resolutions = { 'backstage-plugin-stores-rows-backend': 'file:../../elsewhere', toString: 7 };
    await drop(backend, 'stores-rows', { sealed: false, packageJson: { resolutions } });
    await backend.until('backstage-plugin-stores-rows-backend-dynamic', 'running');
    expect(await ask(backend, '/api/stores-rows/rows')).toEqual([200, { rows: ['ROW'] }]);
  });
});

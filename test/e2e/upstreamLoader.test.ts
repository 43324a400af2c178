import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportBundle } from '../support/export';
import { helloBundle } from '../support/hello';
import { startPlainBackend, type PlainBackend } from '../support/plainBackend';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';

let dir: string;
let backend: PlainBackend;

beforeAll(async () => {
  dir = await makeTempDir();
  const root = join(dir, 'dynamic-plugins-root');
  await mkdir(root);
  await cp(await helloBundle(dir, '1.2.3'), join(root, 'hello'), { recursive: true });
  const fromTest = join(repository, 'test');
  await exportBundle(fromTest, join(root, 'notifications'), '@backstage/plugin-notifications-backend');
  await exportBundle(fromTest, join(root, 'sonarqube'), '@backstage-community/plugin-sonarqube-backend');
  backend = await startPlainBackend({
    loader: '@backstage/backend-dynamic-feature-service',
    dir,
    root,
    config: {
      hello: { greeting: 'Salut' },
      rows: { password: 'open-sesame' },
      sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' },
    },
  });
});
afterAll(async () => {
  await backend?.process.stop();
  await removeTempDir(dir);
});

describe('Bundles in the root directory of a plain backend with @backstage/backend-dynamic-feature-service', () => {
  test('keep their routes closed, and open what they declare', async () => {
    for (const path of ['/api/hello/things', '/api/notifications', '/api/sonarqube/instanceUrl']) {
      expect((await backend.ask(path))[0]).toBe(401);
    }
    expect(await backend.ask('/api/hello/ping')).toEqual([200, { message: 'Salut', version: '1.2.3' }]);
  });

  test('answer a session, with migrated databases and the config of the backend', async () => {
    expect(await backend.ask('/api/notifications', true)).toEqual([200, { notifications: [], totalCount: 0 }]);
    expect(await backend.ask('/api/sonarqube/instanceUrl', true)).toEqual([
      200,
      { instanceUrl: 'http://sonarqube.example.com' },
    ]);
  });
});

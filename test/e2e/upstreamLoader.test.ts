import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProcess, type ChildProcess } from '../support/childProcess';
import { exportBundle } from '../support/export';
import { freePort } from '../support/freePort';
import { helloBundle } from '../support/hello';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

let dir: string;
let url: string;
let backend: ChildProcess;

beforeAll(async () => {
  dir = await makeTempDir();
  const root = join(dir, 'dynamic-plugins-root');
  await mkdir(root);
  await cp(await helloBundle(dir, '1.2.3'), join(root, 'hello'), { recursive: true });
  const fromTest = join(repository, 'test');
  await exportBundle(fromTest, join(root, 'notifications'), '@backstage/plugin-notifications-backend');
  await exportBundle(fromTest, join(root, 'sonarqube'), '@backstage-community/plugin-sonarqube-backend');

  const port = await freePort();
  url = `http://localhost:${port}`;
  const config = join(dir, 'app-config.yaml');
  await writeFile(
    config,
    JSON.stringify({
      app: { baseUrl: url },
      backend: {
        baseUrl: url,
        listen: { host: '127.0.0.1', port },
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: { providers: { guest: {} } },
      dynamicPlugins: { rootDirectory: root },
      hello: { greeting: 'Salut' },
      sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' },
    }),
  );
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'root', version: '1.0.0', private: true }));
  const script = join(repository, 'test/fixtures/upstream/backend.cjs');
  backend = startProcess(process.execPath, [script, '--config', config], {
    cwd: dir,
    // That loader leaves it to the operator to make the host's packages visible from the plugins' folder.
    env: { NODE_ENV: 'development', NODE_PATH: join(repository, 'node_modules') },
  });
  await waitFor(
    'the backend to be ready',
    async () => {
      const ended = backend.exit();
      if (ended) throw new Error(`It ended with ${ended.code ?? ended.signal}\n${backend.output()}`);
      return await fetch(`${url}/.backstage/health/v1/readiness`).then(
        (response) => response.ok,
        () => false,
      );
    },
    60_000,
  );
});
afterAll(async () => {
  await backend?.stop();
  await removeTempDir(dir);
});

async function ask(path: string, token?: string): Promise<[number, unknown]> {
  const response = await fetch(url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  return [response.status, await response.json()];
}

describe('Bundles in the root directory of a plain backend with @backstage/backend-dynamic-feature-service', () => {
  test('keep their routes closed, and open what they declare', async () => {
    for (const path of ['/api/hello/things', '/api/notifications', '/api/sonarqube/instanceUrl']) {
      expect((await ask(path))[0]).toBe(401);
    }
    expect(await ask('/api/hello/ping')).toEqual([200, { message: 'Salut', version: '1.2.3' }]);
  });

  test('answer a session, with migrated databases and the config of the backend', async () => {
    const [, identity] = await ask('/api/auth/guest/refresh');
    const { token } = (identity as { backstageIdentity: { token: string } }).backstageIdentity;
    expect(await ask('/api/notifications', token)).toEqual([200, { notifications: [], totalCount: 0 }]);
    expect(await ask('/api/sonarqube/instanceUrl', token)).toEqual([
      200,
      { instanceUrl: 'http://sonarqube.example.com' },
    ]);
  });
});

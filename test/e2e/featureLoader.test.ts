import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { helloBundle } from '../support/hello';
import { rhdhExport } from '../support/otherTools';
import { startPlainBackend, type PlainBackend } from '../support/plainBackend';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

const LOADERS = ['@backstage/backend-dynamic-feature-service', '@stagedoor/loader'] as const;
const SONARQUBE = '@backstage-community/plugin-sonarqube-backend';

let dir: string;
let root: string;
const backends: PlainBackend[] = [];

/** Makes the output of a frontend build with Module Federation. */
async function frontendRemote(name: string, assets: string, manifestFile: string): Promise<void> {
  const place = join(root, name);
  await mkdir(join(place, assets), { recursive: true });
  const packageJson = {
    name,
    version: '2.0.0',
    main: `${assets}/remoteEntry.js`,
    backstage: { role: 'frontend-plugin' },
  };
  await writeFile(join(place, 'package.json'), JSON.stringify(packageJson));
  await writeFile(join(place, assets, 'remoteEntry.js'), `// entry of ${name}\n`);
  await writeFile(
    join(place, assets, manifestFile),
    JSON.stringify({
      id: name,
      name: name.replaceAll('-', '_'),
      metaData: { remoteEntry: { name: 'remoteEntry.js', path: '' } },
      exposes: [{ name: 'alpha' }, { name: 'hidden' }],
    }),
  );
}

beforeAll(async () => {
  dir = await makeTempDir();
  root = join(dir, 'dynamic-plugins-root');
  await mkdir(root);
  await cp(await helloBundle(dir, '1.2.3'), join(root, 'hello'), { recursive: true });
  await rhdhExport(join(root, 'sonarqube'), SONARQUBE);
  for (const name of ['stores-rows', 'installer', 'syntax-error', 'no-feature']) {
    await fixtureBundle(root, name, { sealed: false });
  }
  const rows = { type: 'object', properties: { password: { type: 'string', visibility: 'secret' } } };
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { rows } };
  await mkdir(join(root, 'stores-rows-1.0.0/dist'));
  await writeFile(join(root, 'stores-rows-1.0.0/dist/.config-schema.json'), JSON.stringify(schema));
  await frontendRemote('plain-frontend', 'dist', 'mf-manifest.json');
  await frontendRemote('customized-frontend', 'assets', 'federation.json');
  await frontendRemote('broken-frontend', 'dist', 'another-name.json');
  await mkdir(join(root, 'no-package'));
  for (const loader of LOADERS) {
    const config = {
      hello: { greeting: 'Salut' },
      rows: { password: 'open-sesame' },
      sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' },
      dynamicPlugins: {
        rootDirectory: root,
        ...(loader === '@stagedoor/loader' && { stateDirectory: join(dir, 'state') }),
      },
    };
    backends.push(await startPlainBackend({ loader, dir, root, config }));
  }
});
afterAll(async () => {
  for (const backend of backends) await backend.process.stop();
  await removeTempDir(dir);
});

/** What both backends answer; their own addresses are made the same. */
async function both(path: string, signedIn = false): Promise<Array<[number, unknown]>> {
  const answers = await Promise.all(backends.map((backend) => backend.ask(path, signedIn)));
  return answers.map(([status, body], index) => {
    const text = JSON.stringify(body).replaceAll(backends[index]!.url, 'http://backend');
    return [status, JSON.parse(text)];
  });
}

describe('dynamicPluginsFeatureLoader in a plain backend, beside that of Backstage on the same root directory', () => {
  test('loads the same plugins, which answer the same', async () => {
    const asked: Array<[path: string, signedIn: boolean, status: number]> = [
      ['/api/hello/ping', false, 200],
      ['/api/hello/things', false, 401],
      ['/api/hello/things', true, 200],
      ['/api/sonarqube/instanceUrl', false, 401],
      ['/api/sonarqube/instanceUrl', true, 200],
      ['/api/stores-rows/rows', false, 200],
      ['/api/installed/hello', false, 200],
      ['/api/installed-too/hello', false, 200],
    ];
    for (const [path, signedIn, status] of asked) {
      const [theirs, ours] = await both(path, signedIn);
      expect([path, ours![0]]).toEqual([path, status]);
      expect(ours).toEqual(theirs);
    }
  });

  test('gives plugins the same services', async () => {
    const [theirs, ours] = await both('/api/probe/');
    expect(ours![0]).toBe(200);
    const said = ours![1] as { all: unknown[]; loaded: string[]; frontend: string[] };
    expect([said.all.length, said.loaded.length, said.frontend.length]).toEqual([9, 7, 3]);
    expect(ours).toEqual(theirs);
  });

  test('serves the same remotes to apps', async () => {
    const [theirs, ours] = await both('/.backstage/dynamic-features/remotes');
    const byName = (list: unknown) =>
      (list as Array<{ packageName: string }>).sort((a, b) => (a.packageName < b.packageName ? -1 : 1));
    expect(byName(ours![1])).toEqual(byName(theirs![1]));
    expect((ours![1] as unknown[]).length).toBe(2);
    for (const path of [
      'plain-frontend/mf-manifest.json',
      'plain-frontend/remoteEntry.js',
      'customized-frontend/remoteEntry.js',
    ]) {
      const [fromTheirs, fromOurs] = await both(`/.backstage/dynamic-features/remotes/${path}`);
      expect(fromOurs![0]).toBe(200);
      expect(fromOurs).toEqual(fromTheirs);
    }
    const [, description] = await both('/.backstage/dynamic-features/openapi.json');
    expect(Object.keys((description![1] as { paths: object }).paths)).toEqual(['/.backstage/dynamic-features/remotes']);
  });

  test('hides from the log what the schemas of plugins call secret', () => {
    for (const backend of backends) {
      expect(backend.process.output()).toContain('The password is ***.');
      expect(backend.process.output()).not.toContain('open-sesame');
    }
  });

  test('says of what fails why, with a code and a remedy', () => {
    const logs = backends[1]!.process.output();
    expect(logs).toMatch(/syntax-error-dynamic@1\.0\.0: LOAD_FAILED: .*Hint: /);
    expect(logs).toMatch(/no-feature-dynamic@1\.0\.0: NOT_A_FEATURE: .*Hint: /);
    expect(logs).toMatch(/no-package: PACKAGE_JSON_MISSING: .*Hint: /);
    expect(logs).toMatch(/broken-frontend@2\.0\.0: REMOTE_INVALID: /);
  });

  test('says of a later drop that it needs a restart, and goes on with what it started with', async () => {
    const ours = backends[1]!;
    await dropFolder(await fixtureBundle(dir, 'greeter'), root, 'greeter');
    await rm(join(root, 'stores-rows-1.0.0'), { recursive: true });
    await waitFor('both to be noticed', async () => {
      const logs = ours.process.output();
      return (
        /The drop greeter is new: it takes effect after a restart/.test(logs) &&
        /stores-rows-1\.0\.0 was removed/.test(logs)
      );
    });
    expect((await ours.ask('/api/greeter/version'))[0]).toBe(404);
    expect(await ours.ask('/api/stores-rows/rows')).toEqual([200, { rows: ['ROW'] }]);
  });
});

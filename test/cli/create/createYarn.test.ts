import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { patience } from '../../support/patience';
import { startPortal } from '../../support/portal';
import { untilState } from '../../support/portalPlugins';
import { tempDir } from '../../support/tempDir';
import { answerOf, dropBundle, published } from './createdSupport';

const yarn = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js');

test(
  'A plugin and a module for it that are made in a Yarn monorepo test green, build, and run in the portal',
  async () => {
    const { url, others, run, create } = await published();
    const root = await tempDir();
    const withYarn = (cwd: string, ...args: string[]) => run(cwd, process.execPath, yarn, ...args);
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({
        name: 'root',
        private: true,
        workspaces: { packages: ['plugins/*'] },
        dependenciesMeta: { 'better-sqlite3': { built: true } },
      }),
    );
    await writeFile(join(root, 'yarn.lock'), '');
    const settings = [
      'nodeLinker: node-modules',
      'enableTelemetry: false',
      // It remembers where packages come from, and the registry has another port each time.
      `globalFolder: ${join(root, '.yarn-global')}`,
      'enableImmutableInstalls: false',
      // What was published a moment ago is not to be waited for.
      'npmPreapprovedPackages: ["@stagedoor/*"]',
      'unsafeHttpWhitelist: ["127.0.0.1"]',
      `npmRegistryServer: "${others.replace(/\/$/, '')}"`,
      `npmScopes: { stagedoor: { npmRegistryServer: "${url.replace(/\/$/, '')}" } }`,
    ];
    await writeFile(join(root, '.yarnrc.yml'), `${settings.join('\n')}\n`);
    await create(root, '--id', 'todo');
    await create(root, '--kind', 'backend-module', '--id', 'todo', '--module', 'extra');
    const plugin = join(root, 'plugins/todo-backend');
    const module = join(root, 'plugins/todo-backend-module-extra');
    await withYarn(root, 'install');
    const made = async (dir: string): Promise<void> => {
      expect(await withYarn(dir, 'test')).toMatch(/[23] passed/);
      await withYarn(dir, 'types');
      await withYarn(dir, 'export-dynamic');
    };
    await Promise.all([plugin, module].map(made));

    const portal = await startPortal();
    onTestFinished(async () => void (await portal.stop()));
    await dropBundle(module, portal, 'extra');
    await untilState(portal, '@internal/plugin-todo-backend-module-extra-dynamic', 'waiting');
    await dropBundle(plugin, portal, 'todo');
    await untilState(portal, '@internal/plugin-todo-backend-module-extra-dynamic', 'running');
    expect(await answerOf(portal, '/api/todo/ping', 200)).toEqual({ message: 'Hello from todo' });
    expect(await answerOf(portal, '/api/todo/extra/greeting', 200, true)).toEqual({ message: 'Hello from extra' });
    await answerOf(portal, '/api/todo/extra/greeting', 401);
  },
  patience.longTestMs,
);

import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPage, startBrowser } from '../../support/browser';
import { patience } from '../../support/patience';
import { startPortal } from '../../support/portal';
import { untilState } from '../../support/portalPlugins';
import { tempDir } from '../../support/tempDir';
import { answerOf, dropBundle, published, useScope } from './createdSupport';

test(
  'A pair that is made by itself, and a further page in it, installs with npm, tests green, builds, and runs in the portal',
  async () => {
    const { url, run, create } = await published();
    const dir = await tempDir();
    await create(dir, '--kind', 'pair', '--id', 'todo');
    const root = join(dir, 'todo');
    await create(root, '--kind', 'frontend-plugin', '--id', 'greeting');
    await useScope(root, url);
    await run(root, 'npm', 'install', '--prefer-offline');
    const [tested] = await Promise.all([run(root, 'npm', 'test'), run(root, 'npm', 'run', 'types')]);
    expect([...tested.matchAll(/Tests .*?(\d) passed/g)].map(([, count]) => count)).toEqual(['3', '3', '4']);
    const started = Promise.all([
      startPortal({ config: { todo: { greeting: 'Hello from app-config' } } }),
      startBrowser(),
    ]);
    onTestFinished(
      async () =>
        void (await Promise.all((await started).map((each) => ('stop' in each ? each.stop() : each.close())))),
    );
    expect(await run(root, 'npm', 'run', 'export-dynamic')).toContain('3 exported, 0 unchanged, 0 failed');

    const [portal, browser] = await started;
    const names = {
      'todo-backend': 'todo-backend-dynamic',
      'todo-frontend': 'todo-frontend-dynamic',
      greeting: '@internal/plugin-greeting-dynamic',
    };
    for (const folder of Object.keys(names)) await dropBundle(join(root, 'plugins', folder), portal, folder);
    for (const name of Object.values(names)) await untilState(portal, name, 'running');
    expect(await answerOf(portal, '/api/todo/ping', 200)).toEqual({ message: 'Hello from app-config' });
    await answerOf(portal, '/api/todo/me', 401);

    const { page, errors } = await openPage(browser, portal.url);
    await page.getByRole('link', { name: 'Todo' }).click();
    await page.getByRole('button', { name: 'Ping the backend' }).click();
    await page.getByText('Hello from app-config').waitFor();
    await page.getByRole('button', { name: 'Who am I?' }).click();
    await page.getByText('You are user:development/guest').waitFor();
    await page.getByRole('link', { name: 'Greeting' }).click();
    await page.getByText('You are user:development/guest').waitFor();
    expect(errors).toEqual([]);
  },
  patience.longTestMs,
);

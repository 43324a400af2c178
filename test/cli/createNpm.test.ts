import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startPortal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { tempDir } from '../support/tempDir';
import { answerOf, dropBundle, published, useScope } from './createdSupport';

it('A plugin that is made by itself installs with npm, tests green, builds, and runs in the portal', async () => {
  const { url, run, create } = await published();
  const dir = await tempDir();
  await create(dir, '--id', 'todo');
  const plugin = join(dir, 'todo-backend');
  await useScope(plugin, url);
  await run(plugin, 'npm', 'install');
  await run(plugin, 'npm', 'run', 'types');
  expect(await run(plugin, 'npm', 'test')).toMatch(/3 passed/);
  expect(await run(plugin, 'npm', 'run', 'export-dynamic', '--', '--pack')).toContain(
    '/api/todo/ping (unauthenticated)',
  );
  expect(await readdir(plugin)).toContain('todo-backend-dynamic-0.1.0.tgz');

  const portal = await startPortal({ config: { todo: { greeting: 'Hello from app-config' } } });
  onTestFinished(async () => void (await portal.stop()));
  await dropBundle(plugin, portal, 'todo');
  await untilState(portal, 'todo-backend-dynamic', 'running');
  expect(await answerOf(portal, '/api/todo/ping', 200)).toEqual({ message: 'Hello from app-config' });
  await answerOf(portal, '/api/todo/me', 401);
  expect(await answerOf(portal, '/api/todo/me', 200, true)).toEqual({ user: 'user:development/guest' });
}, 400_000);

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../lib/failure.mjs';

const BUILDS = 4;
/** Of a task that runs every second. */
const SETTLED_MS = 4000;
const LISTENED_MS = 6000;
const PATIENCE_MS = 120_000;

/** The plugin that `backstage-cli new` made, as plugin.ts of build `build`: with a task, events and a hook, each of which logs its build. */
const pluginOf = (build) => `import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { createRouter } from './router';
import { todoListServiceRef } from './services/TodoListService';

export const todoPlugin = createBackendPlugin({
  pluginId: 'todo',
  register(env) {
    env.registerInit({
      deps: {
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        todoList: todoListServiceRef,
        events: eventsServiceRef,
        scheduler: coreServices.scheduler,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
      },
      async init({ httpAuth, httpRouter, todoList, events, scheduler, lifecycle, logger }) {
        httpRouter.use(await createRouter({ httpAuth, todoList }));
        await events.subscribe({
          id: 'todo',
          topics: ['tick'],
          onEvent: async ({ eventPayload }) => logger.info(\`build ${build} heard <\${eventPayload}>\`),
        });
        await scheduler.scheduleTask({
          id: 'tick',
          scope: 'local',
          frequency: { seconds: 1 },
          timeout: { seconds: 10 },
          fn: async () => {
            logger.info('build ${build} ticks');
            await events.publish({ topic: 'tick', eventPayload: String(Math.random()) });
          },
        });
        lifecycle.addShutdownHook(() => logger.info('build ${build} stops'));
      },
    });
  },
});
`;

/** Upgrades a plugin some times and removes it: tasks, events and hooks are those of the build that serves, each once; then of none. */
export async function checkGenerations({ app, env, inShell, backend, say }) {
  const name = '@internal/backstage-plugin-todo-backend';
  const run = (script) => inShell(script, { cwd: app, env });
  await run(`yarn workspace ${name} add @backstage/plugin-events-node`);
  const since = backend.log().length;
  for (let build = 1; build <= BUILDS; build++) {
    writeFileSync(join(app, 'plugins/todo-backend/src/plugin.ts'), pluginOf(build));
    await run('yarn stagedoor export ./plugins/todo-backend --out dynamic-plugins-root/todo-backend');
    await until(`build ${build} runs`, () => backend.log().includes(`build ${build} ticks`));
  }
  const own = await listen();
  expect(
    own.some((line) => line === `${BUILDS} ticks`),
    'the build that serves runs its task',
    own,
  );
  expect(
    own.every((line) => line.startsWith(`${BUILDS} `)),
    'no task and no handler of an earlier build runs',
    own,
  );
  const heard = own.filter((line) => line.includes('heard'));
  expect(heard.length > 0 && new Set(heard).size === heard.length, 'each event is handled once', own);
  rmSync(join(app, 'dynamic-plugins-root/todo-backend'), { recursive: true });
  await until('the plugin has stopped', () => backend.log().includes(`build ${BUILDS} stops`));
  const after = await listen();
  expect(after.length === 0, 'nothing of a removed plugin runs', after);
  const whole = backend.log().slice(since);
  const stops = [...whole.matchAll(/build (\d) stops/g)].map((match) => match[1]);
  expect(stops.join() === '1,2,3,4', 'each build has run its shutdown hook once', stops);
  expect(!whole.includes('Change detected'), 'the development server has not restarted the backend', []);
  say(`${BUILDS} builds and a removal: tasks, events and hooks of the build that served, each once, and none after it`);

  async function listen() {
    await sleep(SETTLED_MS);
    const from = backend.log().length;
    await sleep(LISTENED_MS);
    return [
      ...backend
        .log()
        .slice(from)
        .matchAll(/build (\d (?:ticks|heard <[\d.e-]+>))/g),
    ].map((match) => match[1]);
  }
}

async function until(what, condition) {
  for (const end = Date.now() + PATIENCE_MS; !condition(); await sleep(200)) {
    if (Date.now() > end) throw new Failure(`Timed out waiting for: ${what}.`, 'Read the log of the backend.');
  }
}

function expect(holds, what, seen) {
  if (!holds)
    throw new Failure(`Not so: ${what}. Seen: ${seen.join(', ') || 'nothing'}.`, 'Read the log of the backend.');
}

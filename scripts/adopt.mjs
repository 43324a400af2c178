// npm run adopt [-- --dir <folder> --node 24 --npm]: makes the app of Backstage's create-app, follows docs/getting-started/adopt.md in it with
// the packed packages, command by command, and checks what the guide promises. Some ten minutes and 3 GB; what npm serves today decides what is
// installed, so it is for a person or a schedule. With --dir the app is kept there, and is taken as it is by a later run. The suite has a short form with fixed versions (test/packages/adopt.test.ts).
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { answersOf, startBackend } from './adopt/backend.mjs';
import { breakPlugin, checkInBrowser, standIns } from './adopt/frontend.mjs';
import { checkGenerations } from './adopt/generations.mjs';
import { applyDiff, stepsOf } from './adopt/guide.mjs';
import { npmCommands } from './adopt/npmCommands.mjs';
import { startProduction } from './adopt/production.mjs';
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';
import { freePort } from './lib/port.mjs';
import { step } from './lib/progress.mjs';
import { repository } from './lib/repository.mjs';
import { checkTemporaryFolder } from './lib/temporaryFolder.mjs';

const GUIDE = 'docs/getting-started/adopt.md';
const START = /^yarn workspace backend start$/m;
/** How the parts of the guide begin that need a look at what came before. */
const FRONTEND = /^yarn workspace app add /;
const PRODUCTION = '+++ app-config.production.yaml';
/** What commands of the guide must say. */
const SAID = [
  { command: /# 401/, said: [/HTTP\/1\.1 401/, /HTTP\/1\.1 200[\s\S]*"items": \[\]/] },
  { command: /"title": "To do"/, said: [/HTTP\/1\.1 200[\s\S]*"title": "To do"/] },
  { command: /v1\/plugins$/m, said: [/"state": "running"/] },
  { command: /# 404/, said: [/HTTP\/1\.1 404/] },
];
const TODO_BACKEND = '@internal/backstage-plugin-todo-backend-dynamic';
const TODO_PAGE = '@internal/backstage-plugin-todo-dynamic';

const say = (line) => process.stdout.write(`${line}\n`);

await runScript(async () => {
  checkNodeVersion();
  const { values } = parseArgs({
    options: { dir: { type: 'string' }, node: { type: 'string', default: '22' }, npm: { type: 'boolean' } },
  });
  checkTemporaryFolder(4000);
  await ensureInstalled({ dev: true });
  await buildStep();
  const dir = values.dir ? resolve(values.dir) : mkdtempSync(join(tmpdir(), 'stagedoor-adopt-'));
  try {
    await adopt(dir, values);
  } finally {
    if (!values.dir) rmSync(dir, { recursive: true, force: true });
  }
});

async function adopt(dir, { node, npm }) {
  // Imported late: on a fresh clone what they need is not installed when this file is loaded.
  const { startArchiveRegistry } = await import('./adopt/archiveRegistry.mjs');
  const { inShell: inBash, makeApp } = await import('./adopt/makeApp.mjs');
  const { packAll } = await import('./release/pack.mjs');
  const { publishedPackages } = await import('./release/packages.mjs');
  const { readProject } = await import('./release/project.mjs');
  const translate = npm ? npmCommands : (commands) => commands;
  const inShell = (script, options) => inBash(translate(script), options);
  const project = readProject(join(repository, 'scripts/release/project.json'));
  const packed = await packAll(publishedPackages(), { out: join(dir, 'archives'), project, onPackage: () => {} });
  const registry = await startArchiveRegistry(packed.map(({ file }) => file));
  const url = `http://localhost:${await freePort()}`;
  const port = new URL(url).port;
  const config = { APP_CONFIG_backend_listen_port: port, APP_CONFIG_backend_baseUrl: JSON.stringify(url) };
  let backend;
  try {
    let made;
    await step('Making and installing the app', async () => {
      made = await makeApp(dir, {
        registry: registry.url,
        node,
        packageManager: npm ? 'npm' : 'yarn',
        env: { ...process.env, ...config },
        say,
      });
    });
    const { app, env } = made;
    const start = async (command) => {
      backend = startBackend(translate(command), { cwd: app, env, url });
      await backend.ready();
    };
    await start('yarn workspace backend start');
    const before = await answersOf(url);
    await backend.stop();
    backend = undefined;

    // Variables live on from one block to the next, as in a terminal; sleeping takes longer here than on an idle machine.
    const shell = `sleep() { command sleep $(($1 * 4)); }; variables='${dir}/variables'; [ ! -e "$variables" ] || . "$variables"`;
    const filledIn = await standIns(app, say);
    const volume = join(dir, 'volume');
    for (const { kind, body } of stepsOf(join(repository, GUIDE))) {
      if (FRONTEND.test(body)) {
        compare(before, await answersOf(url));
        await checkGenerations({ app, env, url, inShell, backend, say });
        compare(before, await answersOf(url));
      } else if (body.startsWith(PRODUCTION)) {
        await backend.stop();
        backend = undefined;
      }
      if (kind === 'diff') {
        say(body.trimEnd());
        applyDiff(app, body.replaceAll('/dynamic-plugins/', `${volume}/`));
      } else if (START.test(body)) {
        say(`$ ${body.trimEnd()}`);
        await start(body);
        compare(before, await answersOf(url));
      } else {
        if (body.includes('curl')) await backend.ready();
        await follow(filledIn.command(body).replaceAll('http://localhost:7007', url));
      }
      filledIn.afterwards();
    }
    rmSync(volume, { recursive: true, force: true });
    const bundles = join(app, 'bundles');
    backend = await startProduction({ app, env, url, inShell, bundles, volume, say });
    compare(before, await answersOf(url));
    await checkInBrowser(url, {
      plugins: [TODO_BACKEND, TODO_PAGE],
      async upgrade() {
        breakPlugin(app);
        await follow('yarn stagedoor export ./plugins/todo --out bundles/todo --pack');
        cpSync(bundles, join(volume, 'root'), { recursive: true });
      },
      say,
    });
    say('ok');

    async function follow(script) {
      say(translate(script).trimEnd().replaceAll(/^/gm, '$ '));
      const began = Date.now();
      const output = await inShell(`${shell}\n${script}\ndeclare -p TOKEN >"$variables" 2>/dev/null || true`, {
        cwd: app,
        env,
      });
      say(`${output.trimEnd().split('\n').slice(-8).join('\n')}\n(${((Date.now() - began) / 1000).toFixed(1)} s)`);
      for (const pattern of SAID.filter(({ command }) => command.test(script)).flatMap(({ said }) => said)) {
        if (!pattern.test(output)) throw new Failure(`${pattern} is not in:\n${output}`, `Read ${GUIDE}.`);
      }
    }
  } finally {
    await backend?.stop();
    if (backend) writeFileSync(join(dir, 'backend.log'), backend.log());
    await registry.stop();
  }
}

/** The plugins of the template answer as they did on `createBackend()`. */
function compare(before, after) {
  const different = Object.keys(before).filter((path) => before[path] !== after[path]);
  const lines = different.map((path) => `${path}: ${before[path]} on createBackend(), ${after[path]} on ours`);
  if (lines.length > 0) throw new Failure(lines.join('\n'), 'A plugin of the template answers otherwise.');
  say(`${Object.keys(before).length} paths of the template answer as on createBackend()`);
}

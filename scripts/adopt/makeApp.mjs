import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { nodeRuntime } from '../lib/nodeRuntime.mjs';
import { npm } from '../lib/npm.mjs';
import { runQuietly } from '../lib/run.mjs';
import { sqliteCompileEnvironment } from '../lib/sqliteDriver.mjs';
import { moveToNpm } from './npmApp.mjs';
import { editJson } from './editJson.mjs';

/** Of Backstage 1.55; it needs Node.js 22 or 24. */
const CREATE_APP = '@backstage/create-app@0.9.2';
const YARN = '@yarnpkg/cli-dist@4.13.0';
/** In the app, once it is installed: for which Node.js. */
const INSTALLED = '.git/installed';
/** Ignored by Git, and not worth installing anew; whatever else a plugin of an earlier run left would be in the way. */
const KEPT = "-e /node_modules -e '/packages/*/node_modules' -e /.yarn";

/**
 * What create-app takes from the network beside npm, or npm may lack: without the yarn.lock of its release, ranges give packages
 * of several releases.
 */
const FILLED_IN = [
  {
    what: 'packages/backend asks for @backstage/backend-defaults ^0.19.0 instead of ^0.18.0',
    why: 'create-app could not fetch the yarn.lock of its release; with ^0.18.0 createBackend() fails, too: httpRouter.addWebSocketHandler is not a function',
    file: 'packages/backend/package.json',
    change: (manifest) => (manifest.dependencies['@backstage/backend-defaults'] = '^0.19.0'),
  },
  resolution('@backstage/cli-common', '0.3.1', '0.3.2'),
  resolution('@backstage/backend-test-utils', '1.11.7', '1.12.0'),
];

function resolution(name, version, wanted) {
  return {
    what: `resolution ${name} ${version}`,
    why: `packages ask for ${wanted}, which the registry may lack`,
    file: 'package.json',
    change: (manifest) => (manifest.resolutions[name] = version),
  };
}

/**
 * Makes the app of Backstage's create-app in `<dir>/app`, with everything that its template names, and installs it with the Yarn that
 * it brings, or with npm; one that an earlier run left there is as it was installed then. `registry` serves the scope @stagedoor. Returns its
 * folder and the environment to run commands in it.
 */
export async function makeApp(dir, { registry, node, packageManager, env: further, say }) {
  const [app, tools] = [join(dir, 'app'), join(dir, 'tools')];
  const runtime = await nodeRuntime(node);
  const path = [join(runtime, 'bin'), join(tools, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const env = { ...sqliteCompileEnvironment(), npm_config_nodedir: runtime, ...further, PATH: path, CI: undefined };
  const run = (script) => inShell(script, { cwd: app, env });
  const installed = join(app, INSTALLED);
  if (existsSync(installed)) {
    await run(`git reset -q --hard && git clean -qfdx ${KEPT} && ${packageManager} install`);
    // Native packages are built for one Node.js.
    if (readFileSync(installed, 'utf8').trim() !== node)
      await run(`${packageManager} rebuild && echo ${node} >${INSTALLED}`);
  } else {
    mkdirSync(tools, { recursive: true });
    await npm(['install', '--prefix', tools, '--no-save', '--ignore-scripts', CREATE_APP, YARN], { cwd: tools });
    const createApp = join(tools, 'node_modules/@backstage/create-app/bin/backstage-create-app');
    await inShell(`echo app | node '${createApp}' --skip-install --path '${app}'`, { cwd: dir, env });
    for (const { file, change } of FILLED_IN) editJson(join(app, file), change);
    if (packageManager === 'npm') moveToNpm(app);
    await run(`${packageManager} install`);
    await run(
      `git add -A && git -c user.name=adopter -c user.email=adopter@example.com commit -qm app && echo ${node} >${INSTALLED}`,
    );
  }
  for (const { what, why } of FILLED_IN) say(`filled in: ${what} (${why})`);
  if (packageManager === 'npm') appendFileSync(join(app, '.npmrc'), `@stagedoor:registry=${registry}/\n`);
  else {
    const scope = `npmScopes:\n  stagedoor:\n    npmRegistryServer: '${registry}'\n`;
    appendFileSync(join(app, '.yarnrc.yml'), `\nunsafeHttpWhitelist: ['127.0.0.1']\n${scope}`);
  }
  return { app, env };
}

/** Runs commands in one bash that ends with the first that fails; returns what they said. */
export async function inShell(script, { cwd, env }) {
  return await runQuietly('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`], {
    cwd,
    env,
    shown: script,
    hint: () => 'Read the lines above.',
  });
}

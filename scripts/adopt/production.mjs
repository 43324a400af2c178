import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend } from './backend.mjs';
import { layImage } from './image.mjs';

/** What this machine has in place of what create-app's app-config.production.yaml asks for, where an address is one string. */
const here = (url) => ({
  app: { baseUrl: url },
  backend: {
    baseUrl: url,
    listen: `:${new URL(url).port}`,
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
  auth: { providers: { guest: { dangerouslyAllowOutsideDevelopment: true } } },
});

/**
 * Runs the app as its image does: what `yarn build:backend` wrote, laid out by the steps of its Dockerfile and started by its command.
 * `bundles` is the folder of bundles; `volume` is where the config of the guide has its root directory.
 */
export async function startProduction({ app, env, url, inShell, bundles, volume, say }) {
  const image = join(volume, '../image');
  rmSync(image, { recursive: true, force: true });
  const { command, env: own } = await layImage({
    app,
    image,
    dockerfile: join(app, 'packages/backend/Dockerfile'),
    run: async (script, set) => {
      say(`# RUN ${script}`);
      await inShell(script, { cwd: image, env: { ...env, ...set } });
    },
  });
  mkdirSync(join(volume, 'root'), { recursive: true });
  cpSync(bundles, join(volume, 'root'), { recursive: true });
  const config = join(volume, 'app-config.here.yaml');
  writeFileSync(config, JSON.stringify(here(url)));
  const line = [...command, '--config', config].join(' ');
  say(`# CMD ${line}`);
  const settings = Object.keys(env).filter((name) => name.startsWith('APP_CONFIG_'));
  const without = Object.fromEntries(settings.map((name) => [name, undefined]));
  const backend = startBackend(line, { cwd: image, env: { ...env, ...own, ...without }, url });
  await backend.ready().catch(async (error) => {
    await backend.stop();
    throw error;
  });
  return backend;
}

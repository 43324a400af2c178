import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { join } from 'node:path';
import { directToLoopback } from './proxies.mjs';
import { repository } from './repository.mjs';
import { untilExit } from './run.mjs';

const portal = join(repository, 'portal');

/** The portal logs each request, so not more often than a person notices. */
const READY_POLL_MS = 300;

/** The address of a portal on `port`. */
export function portalUrl(port) {
  return `http://localhost:${port}`;
}

/** Starts the portal with its data in `dir`; `stdio` as `spawn` takes it. */
export function spawnPortal({ dir, port, configFiles, serviceUrl }, stdio) {
  const url = portalUrl(port);
  const bin = join(portal, 'backend/bin/stagedoor-portal.js');
  return spawn(process.execPath, [bin, ...configFiles.flatMap((file) => ['--config', file])], {
    cwd: portal,
    stdio,
    env: {
      SERVICE_URL: serviceUrl,
      ...process.env,
      ...directToLoopback(),
      // Lets the guest provider work, whatever the caller has it set to.
      NODE_ENV: 'development',
      APP_CONFIG_app_baseUrl: url,
      APP_CONFIG_backend_baseUrl: url,
      APP_CONFIG_backend_listen_port: String(port),
      ...(dir !== portal && {
        APP_CONFIG_backend_database_connection_directory: join(dir, 'data'),
        APP_CONFIG_dynamicPlugins_rootDirectory: join(dir, 'dynamic-plugins-root'),
        APP_CONFIG_dynamicPlugins_stateDirectory: join(dir, '.stagedoor'),
      }),
    },
  });
}

/** Starts the portal and calls `onReady` once it is ready. Its output goes to this terminal. Returns the exit code. */
export async function runPortal(options, onReady) {
  const url = portalUrl(options.port);
  const child = spawnPortal(options, 'inherit');
  const exit = untilExit(child);
  if (await isReady(url, child)) onReady(url);
  return await exit;
}

/** Waits until the portal is ready (true) or has ended (false). */
async function isReady(url, child) {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await statusOf(`${url}/.backstage/health/v1/readiness`)) === 200) return true;
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  return false;
}

/** The status of an answer, undefined without one. Never through a proxy, as `fetch` under NODE_USE_ENV_PROXY. */
export function statusOf(url) {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).once('error', () => resolve());
  });
}

import { spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../scripts/lib/repository.mjs';
import { freePort } from '../../scripts/lib/port.mjs';

const portal = join(repository, 'portal');

/** Starts the built portal with its data and `portal.log` in `dir` and `config` laid over its own; resolves when it is ready. */
export async function startPortal(dir, config) {
  const root = join(dir, 'root');
  await mkdir(root, { recursive: true });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const overlay = join(dir, 'app-config.yaml');
  const own = {
    app: { baseUrl: url },
    backend: {
      baseUrl: url,
      listen: { host: '127.0.0.1', port },
      database: { connection: { directory: join(dir, 'data') } },
    },
    dynamicPlugins: { rootDirectory: root, stateDirectory: join(dir, 'state') },
  };
  await writeFile(overlay, JSON.stringify({ ...config, ...own }));
  const bin = join(portal, 'backend/bin/stagedoor-portal.js');
  const log = await open(join(dir, 'portal.log'), 'w');
  const child = spawn(process.execPath, [bin, '--config', join(portal, 'app-config.yaml'), '--config', overlay], {
    cwd: portal,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...process.env, NODE_ENV: 'development' },
  });
  await log.close();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill();
    await ended;
  };
  const token = await ready(url, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, root, stop, statuses: () => statuses(url, token) };
}

async function ready(url, child) {
  while (child.exitCode === null && child.signalCode === null) {
    const up = await fetch(`${url}/.backstage/health/v1/readiness`).catch(() => undefined);
    const response = up?.ok && (await fetch(`${url}/api/auth/guest/refresh`).catch(() => undefined));
    if (response?.ok) return (await response.json()).backstageIdentity.token;
    await sleep(100);
  }
  throw new Error('The portal ended before it was ready.');
}

async function statuses(url, token) {
  const response = await fetch(`${url}/api/dynamic-plugins/v1/plugins`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`The portal answers ${response.status}.`);
  return (await response.json()).items;
}

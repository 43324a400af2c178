import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../lib/port.mjs';
import { portalUrl, statusOf } from '../lib/portalProcess.mjs';
import { faultOf, observe, signalGroup } from './ended.mjs';

/** Packages may have to be installed, and the SQLite driver compiled. */
const READY_MS = 600_000;

/** `npm start` until the portal is ready, two requests, Ctrl-C; what was not as expected. */
export async function startsAndServes(start, each) {
  const port = each.defaultPort ? 7007 : await freePort();
  const child = start('npm', 'start', ...(each.defaultPort ? [] : ['--', '--port', String(port)]));
  const { output, ended, hasEnded } = observe(child);
  const deadline = Date.now() + READY_MS;
  while (!hasEnded() && !output().includes('Ctrl+C stops it.') && Date.now() < deadline) await sleep(100);
  const ready = output().includes('Ctrl+C stops it.');
  const statuses = ready
    ? await Promise.all(['ping', 'things'].map((path) => statusOf(`${portalUrl(port)}/api/hello/${path}`)))
    : [];
  signalGroup(child, 'SIGINT');
  const killing = setTimeout(() => signalGroup(child, 'SIGKILL'), 20_000);
  const exit = await ended;
  clearTimeout(killing);
  const what = 'npm start';
  if (each.start || !ready) return faultOf(what, ready ? { code: 0 } : { code: exit.code || 1 }, output(), each.start);
  if (statuses.join() !== '200,401') return `${what} serves ${statuses.join(' and ')}, not 200 and 401\n${output()}`;
  return faultOf(what, { code: 0 }, output(), undefined, each.says?.start);
}

/** A first `npm start` that is ended with Ctrl-C some seconds after it began to install. */
export async function interruptFirstStart(start) {
  const child = start('npm', 'start', '--', '--port', String(await freePort()));
  const { output, ended, hasEnded } = observe(child);
  while (!hasEnded() && !output().includes('Installing')) await sleep(100);
  await sleep(8000);
  if (hasEnded()) throw new Error(`The first run ended by itself\n${output()}`);
  signalGroup(child, 'SIGINT');
  await ended;
}

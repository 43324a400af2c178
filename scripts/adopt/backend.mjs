import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../lib/failure.mjs';

/** On a busy machine, the template takes half a minute. */
const START_MS = 180_000;
/** A backend that is about to restart still answers. */
const STEADY_ROUNDS = 6;
const ROUND_MS = 500;

/** Runs `command`, which starts the backend of an app, in a process group of its own. */
export function startBackend(command, { cwd, env, url }) {
  const child = spawn('bash', ['-c', `exec ${command.trim()}`], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    // eslint-disable-next-line no-control-regex -- colours
    stream.setEncoding('utf8').on('data', (text) => (log += text.replaceAll(/\x1b\[\d+m/g, '')));
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    log: () => log,
    /** Waits until it is ready, and has been for some time. */
    async ready() {
      const until = Date.now() + START_MS;
      for (let steady = 0; steady < STEADY_ROUNDS; await sleep(ROUND_MS)) {
        steady = (await isReady(url)) ? steady + 1 : 0;
        if (Date.now() > until || child.exitCode !== null)
          throw new Failure(`The backend is not ready:\n${withoutRequests(log).slice(-6000)}`, 'Read the lines above.');
      }
    },
    async stop() {
      if (child.exitCode !== null) return;
      process.kill(-child.pid, 'SIGTERM');
      const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 20_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function withoutRequests(log) {
  return log.replaceAll(/^.*"GET \/\.backstage\/.*\n/gm, '');
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/.backstage/health/v1/readiness`)).ok;
  } catch {
    return false;
  }
}

/**
 * One path at least of each plugin of the template. The index of the catalog is not asked for: it is made three seconds after the start,
 * empty if the catalog has not read its locations by then, whichever host it is.
 */
const PATHS = [
  'auth/guest/refresh',
  'auth/.well-known/jwks.json',
  'catalog/entities',
  'catalog/entities/by-name/component/default/example-website',
  'kubernetes/clusters',
  'mcp-actions/v1',
  'notifications',
  'permission/authorize',
  'proxy/nothing',
  'scaffolder/v2/actions',
  'scaffolder/v2/tasks',
  'search/query?types[0]=nothing&term=',
  'signals',
  'techdocs/metadata/techdocs/default/component/example-website',
  'user-settings/buckets/a/keys/b',
  'nothing',
];

/** What the plugins of the template answer, without and with a session: path → `<status> <status>`. */
export async function answersOf(url) {
  const { backstageIdentity } = await (await fetch(`${url}/api/auth/guest/refresh`)).json();
  const headers = { authorization: `Bearer ${backstageIdentity.token}` };
  const answers = {};
  for (const path of PATHS) {
    const both = await Promise.all([{}, { headers }].map((options) => fetch(`${url}/api/${path}`, options)));
    answers[path] = both.map(({ status }) => status).join(' ');
  }
  return answers;
}

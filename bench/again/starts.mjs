import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portalUrl, spawnPortal } from '../../scripts/lib/portalProcess.mjs';
import { repository } from '../../scripts/lib/repository.mjs';
import { readStartOptions } from '../../scripts/lib/startOptions.mjs';
import { freePort } from '../../scripts/lib/port.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { formatMs, formatRatio, median } from '../lib/numbers.mjs';
import { timed } from '../lib/timed.mjs';

const BUDGET = 1.4;

/** An `npm start` that finds everything up to date, against starting the portal alone, with the same data. */
export async function compareSecondStarts({ dir, runs, report }) {
  const place = join(dir, 'second-starts');
  await mkdir(place);
  const subjects = {
    'npm start': (port) =>
      spawn(process.execPath, [join(repository, 'scripts/start.mjs'), '--port', String(port), '--dir', place], {
        stdio: 'ignore',
      }),
    portal: (port) => {
      const options = readStartOptions(['--port', String(port), '--dir', place]);
      return spawnPortal({ ...options, serviceUrl: 'http://127.0.0.1:9' }, 'ignore');
    },
  };
  const times = await interleaved(runs.secondStarts, subjects, async (start) => {
    const port = await freePort();
    let child;
    const ms = await timed(async () => {
      child = start(port);
      await ready(`${portalUrl(port)}/.backstage/health/v1/readiness`, child);
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
    return ms;
  });
  const [ours, theirs] = [median(times['npm start']), median(times.portal)];
  report.table(
    'Starting the portal, to readiness, everything up to date',
    ['', 'npm start', 'the portal alone', 'ratio', 'budget'],
    [['median', formatMs(ours), formatMs(theirs), formatRatio(ours / theirs), `≤ ${BUDGET}×`]],
  );
  report.budget('a second npm start', ours / theirs <= BUDGET);
}

async function ready(url, child) {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(10);
  }
  throw new Error('The portal ended before it was ready.');
}

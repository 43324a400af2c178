import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../scripts/lib/repository.mjs';
import { copyPlugin, edit } from '../lib/copyPlugin.mjs';
import { exportBundle } from '../lib/exportBundle.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { formatMs, formatRatio, median } from '../lib/numbers.mjs';
import { startPortal } from '../lib/portal.mjs';
import { timed } from '../lib/timed.mjs';

const bin = join(repository, 'cli/bin/stagedoor.js');
const BUDGET = 2.5;
/** Between saves the start check of `stagedoor dev` gets its turn. */
const PAUSE_MS = 2500;

/** From a save to its answer in `stagedoor dev`, against an export into the root directory of the same portal. */
export async function compareSaves({ dir, runs, report }) {
  const place = join(dir, 'saves');
  const portal = await startPortal(join(place, 'portal'));
  try {
    const [saved, exported] = await Promise.all(['saved', 'exported'].map((id) => copyPlugin(join(place, id), id)));
    const dev = await startDev(saved, portal.root);
    try {
      let number = 0;
      const subjects = {
        dev: { id: 'saved', source: saved, make: async () => {} },
        export: {
          id: 'exported',
          source: exported,
          make: () => exportBundle(exported, join(portal.root, 'exported'), '--no-start-check'),
        },
      };
      const times = await interleaved(runs.saves, subjects, async ({ id, source, make }) => {
        await sleep(PAUSE_MS);
        const message = `number ${++number}`;
        await edit(join(source, 'src/router.ts'), (text) => text.replace(/message: [^,]*,/, `message: '${message}',`));
        return await timed(async () => {
          await make();
          await answers(`${portal.url}/api/${id}/ping`, message);
        });
      });
      const [ours, theirs] = [median(times.dev), median(times.export)];
      report.table(
        'From a save to its answer',
        ['', 'stagedoor dev', 'stagedoor export --no-start-check', 'ratio', 'budget'],
        [['median', formatMs(ours), formatMs(theirs), formatRatio(theirs / ours), `≥ ${BUDGET}×`]],
      );
      report.budget('save to answer', theirs / ours >= BUDGET);
    } finally {
      await dev.stop();
    }
  } finally {
    await portal.stop();
  }
}

/** Develops a plugin in a portal; resolves when `stagedoor dev` watches its source. */
async function startDev(source, root) {
  const child = spawn(process.execPath, [bin, 'dev', source, '--portal', root, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let output = '';
  await new Promise((resolve, reject) => {
    void ended.then((code) => reject(new Error(`stagedoor dev ended with ${code}.\n${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes('"watching"')) resolve();
    });
  });
  return {
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function answers(url, message) {
  for (;;) {
    const response = await fetch(url);
    const text = await response.text();
    if (response.ok && JSON.parse(text).message === message) return;
    await sleep(5);
  }
}

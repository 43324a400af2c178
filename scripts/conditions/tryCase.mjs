import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSqlitePrebuilt } from '../lib/sqlitePrebuilt.mjs';
import { makeClone } from './clone.mjs';
import { observe } from './ended.mjs';
import { startsAndServes, interruptFirstStart } from './start.mjs';
import { testsPass } from './tests.mjs';

/** Tries one case; what was not as expected, or undefined. */
export async function tryCase(each) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'stagedoor-conditions-')));
  const driver = await startSqlitePrebuilt();
  const listening = await Promise.all((each.taken ?? []).map(listen));
  try {
    const clones = ['one', ...(each.twice ? ['two'] : [])].map((name) => makeClone(join(dir, name), each, driver.env));
    if (each.rebuild) await Promise.all(clones.map((start) => observe(start('rm', '-rf', '.cache/stamps')).ended));
    if (each.interrupted) await interruptFirstStart(clones[0]);
    if (each.again) await startsAndServes(clones[0], {});
    for (const check of [startsAndServes, testsPass]) {
      const faults = await Promise.all(clones.map((clone) => check(clone, each)));
      const fault = faults.find(Boolean);
      if (fault) return fault;
    }
  } finally {
    for (const server of listening) server?.close();
    await driver.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Takes a port, unless something else has it already. */
async function listen(port) {
  const server = createServer();
  const taken = await new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  return taken ? server : undefined;
}

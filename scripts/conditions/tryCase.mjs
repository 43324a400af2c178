import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { nodeRuntime } from '../lib/nodeRuntime.mjs';
import { startSqlitePrebuilt } from '../lib/sqlitePrebuilt.mjs';
import { makeClone } from './clone.mjs';
import { observe } from './ended.mjs';
import { startsAndServes, interruptFirstStart } from './start.mjs';
import { testsPass } from './tests.mjs';

/** Tries one case, with `full` all of it; what was not as expected, or undefined. */
export async function tryCase(each, { full = false } = {}) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'stagedoor-conditions-')));
  const driver = await startSqlitePrebuilt();
  const listening = await Promise.all((each.taken ?? []).map(listen));
  try {
    const env = { ...driver.env, ...(each.node && (await environmentOf(each.node))) };
    const clones = ['one', ...(each.twice ? ['two'] : [])].map((name) => makeClone(join(dir, name), each, env));
    if (each.rebuild) await Promise.all(clones.map((start) => observe(start('rm', '-rf', '.cache/stamps')).ended));
    if (each.interrupted) await interruptFirstStart(clones[0]);
    if (each.again) await startsAndServes(clones[0], {});
    const checks = each.long && !full ? [startsAndServes] : [startsAndServes, testsPass];
    for (const check of checks) {
      const faults = await Promise.all(clones.map((clone) => check(clone, each)));
      const fault = faults.find(Boolean);
      if (fault) return fault;
    }
  } finally {
    for (const server of listening) server?.close();
    await driver.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** With another Node.js first on the path. */
async function environmentOf(major) {
  const runtime = await nodeRuntime(major);
  return { PATH: [join(runtime, 'bin'), process.env.PATH].join(delimiter), npm_config_nodedir: runtime };
}

/** Takes a port, unless something else has it already. */
async function listen(port) {
  const server = createServer();
  const taken = await new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  return taken ? server : undefined;
}

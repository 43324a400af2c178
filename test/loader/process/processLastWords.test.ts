import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PluginProcess } from '../../../loader/src/process/pluginProcess';
import { tempDir } from '../../support/tempDir';

const LAST = `${JSON.stringify({ kind: 'notify', method: 'log', params: 'last words' })}\n`;

/** Long enough for the process to end while nothing is read. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('What a process says last is heard, though the portal writes to it when it is gone', async () => {
  const entry = join(await tempDir(), 'last.cjs');
  await writeFile(entry, `require('node:fs').writeSync(3, ${JSON.stringify(LAST)}); process.exit(1);`);
  for (let time = 0; time < 10; time++) {
    const heard: unknown[] = [];
    const child = new PluginProcess({
      flags: [],
      entry,
      cwd: process.cwd(),
      env: {},
      mostRssBytes: Infinity,
      user: undefined,
      handlers: { call: async () => null, notify: (_method, params) => void heard.push(params) },
      onOutput: () => {},
    });
    standStill(500);
    child.channel.notify('config', {});
    const call = child.channel.call('health').catch((error: Error) => error.message);
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(heard).toEqual(['last words']);
    expect(await call).toBe('The channel is closed');
  }
});

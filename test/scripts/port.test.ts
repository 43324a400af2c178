import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { claimPort, freePort } from '../../scripts/lib/port.mjs';
import { startProcess } from '../support/childProcess';
import { repository } from '../support/repository';
import { waitFor } from '../support/waitFor';

const MODULE = pathToFileURL(join(repository, 'scripts/lib/port.mjs')).href;

/** Another process that asks for a free port, says which and goes on running without listening on it. */
async function startOwner() {
  const code = `import { freePort } from '${MODULE}'; console.log(await freePort(), '.'); setInterval(() => {}, 1000);`;
  const owner = startProcess(process.execPath, ['--input-type=module', '-e', code]);
  onTestFinished(async () => void (await owner.stop('SIGKILL')));
  const said = await waitFor('the port', async () => /(\d+) \./.exec(owner.output()) ?? undefined);
  return { port: Number(said[1]), owner };
}

test('a port that this process was given is given to nobody again', async () => {
  expect(await claimPort(await freePort())).toBe(false);
});

test('a port that another process was given is free again when that process was killed', async () => {
  const { port, owner } = await startOwner();
  expect(await claimPort(port)).toBe(false);
  await owner.stop('SIGKILL');
  expect(await claimPort(port)).toBe(true);
});

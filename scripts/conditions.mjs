// npm run conditions [-- [--full] <text>]: tries what a clone may meet (scripts/conditions/cases.mjs) on a short form of `npm start`
// and `npm test`; with <text>, the cases that have it in their description. Five minutes; --full also tries other versions of
// Node.js, which takes five more for each.
import { parseArgs } from 'node:util';
import { buildStep } from './lib/buildStep.mjs';
import { CASES } from './conditions/cases.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';

await runScript(async () => {
  checkNodeVersion();
  const { values, positionals } = parseArgs({ options: { full: { type: 'boolean' } }, allowPositionals: true });
  const [text = ''] = positionals;
  const chosen = CASES.filter(({ machine, node }) => machine.includes(text) && (values.full || !node));
  if (chosen.length === 0)
    throw new Failure(`No case is called like ${text}.`, CASES.map((each) => each.machine).join('\n'));
  await ensureInstalled({ dev: true });
  await buildStep();
  // Imported late: on a fresh clone what it needs is not installed when this file is loaded.
  const { tryCase } = await import('./conditions/tryCase.mjs');
  const faults = [];
  for (const each of chosen) {
    const began = Date.now();
    const fault = await tryCase(each).catch((error) => error.message);
    if (fault) faults.push(fault);
    const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`;
    process.stdout.write(
      `${fault ? 'FAIL' : 'ok  '} ${seconds.padStart(7)}  ${each.machine}\n${fault ? `${fault}\n` : ''}`,
    );
  }
  process.stdout.write(`${chosen.length - faults.length} passed, ${faults.length} failed\n`);
  if (faults.length > 0) process.exitCode = 1;
});

// npm run conditions [-- [--full] <text>]: tries what a clone may meet (conditions/cases.mjs) on a short form of `npm start` and
// `npm test`; with <text>, the cases that have it in their description. Some five minutes; --full leaves nothing out, and takes five
// more for each further Node.js.
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
  if (chosen.length === 0) {
    throw new Failure(`No case is called like ${text}.`, CASES.map((each) => each.machine).join('\n'));
  }
  await ensureInstalled({ dev: true });
  await buildStep();
  // Imported late: on a fresh clone what it needs is not installed when this file is loaded.
  const { tryCase } = await import('./conditions/tryCase.mjs');
  const open = [...chosen];
  let failed = 0;
  const tryOpen = async () => {
    for (let each = open.shift(); each; each = open.shift()) {
      const began = Date.now();
      const fault = await tryCase(each, values).catch((error) => error.stack);
      const seconds = `${((Date.now() - began) / 1000).toFixed(1)} s`.padStart(7);
      process.stdout.write(`${fault ? 'FAIL' : 'ok  '} ${seconds}  ${each.machine}\n${fault ? `${fault}\n` : ''}`);
      if (fault) failed += 1;
    }
  };
  // A case does one thing after the other, so two keep two cores busy.
  await Promise.all([tryOpen(), tryOpen()]);
  process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
});

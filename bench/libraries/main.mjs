// Exercises of libraries in plain Node.js and from bundles: `node bench/libraries/main.mjs [names of exercises]`. See bench/README.md.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from '../../scripts/build.mjs';
import { runScript } from '../../scripts/lib/failure.mjs';
import { Report } from '../lib/report.mjs';
import { compareLibraries } from './libraries.mjs';

await runScript(async () => {
  await buildAll();
  const dir = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  try {
    const report = new Report();
    await compareLibraries({ dir, report }, process.argv.slice(2));
    for (const missed of report.missed) process.stdout.write(`missed: ${missed}\n`);
    if (report.missed.length > 0) process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

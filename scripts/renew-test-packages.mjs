// node scripts/renew-test-packages.mjs: what tests install is fixed (see lib/fixedRegistry.mjs). This writes the part of it that
// package-lock.json does not hold, test/fixtures/installs/packages.json. Run it after a change of package-lock.json or of the ranges
// of `stagedoor create`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { runScript } from './lib/failure.mjs';
import { step } from './lib/progress.mjs';
import { readJson, repository } from './lib/repository.mjs';
import { runQuietly } from './lib/run.mjs';

/** Arguments of `stagedoor create`, for packages of every kind. */
const KINDS = [
  ['--kind', 'backend-plugin', '--id', 'one'],
  ['--kind', 'backend-module', '--id', 'one', '--module', 'two'],
  ['--kind', 'frontend-plugin', '--id', 'three'],
];

/** What pnpm makes of the peers of several packages together. */
const PEERS = { '@types/react': '^17.0.0' };

await runScript(async () => {
  await ensureInstalled({ dev: true });
  await buildStep();
  // Imported late: on a fresh clone what they need is not installed when this file is loaded.
  const { FURTHER_PACKAGES, fixedPackages } = await import('./lib/fixedRegistry.mjs');
  const { completeSet } = await import('./lib/completeSet.mjs');
  const ranges = [await createdRanges(), readJson('cli/package.json').dependencies, PEERS];
  await step('Resolving what tests install', async () => {
    const further = await completeSet(fixedPackages({ further: false }), ranges);
    mkdirSync(dirname(FURTHER_PACKAGES), { recursive: true });
    writeFileSync(FURTHER_PACKAGES, `${JSON.stringify(further, null, 2)}\n`);
    return `${Object.keys(further).length} packages beside those of package-lock.json`;
  });
});

/** Ranges of all that packages of every kind depend on. */
async function createdRanges() {
  const dir = mkdtempSync(join(tmpdir(), 'stagedoor-renew-'));
  const all = {};
  for (const [index, kind] of KINDS.entries()) {
    const bin = join(repository, 'cli/bin/stagedoor.js');
    const cwd = join(dir, String(index));
    mkdirSync(cwd);
    const said = await runQuietly(process.execPath, [bin, 'create', '--json', ...kind], { cwd, hint: () => '' });
    const { path } = JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1));
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    Object.assign(all, dependencies, devDependencies);
  }
  rmSync(dir, { recursive: true });
  return all;
}

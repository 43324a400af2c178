import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npmEnvironment } from '../../scripts/lib/npm.mjs';
import { readJson, repository } from '../../scripts/lib/repository.mjs';
import { SHARED_ROOT, packName, sharedPackages } from './bundlePackage.mjs';

const FLAGS = ['install', '--omit=dev', '--no-audit', '--no-fund'];

/** `npm install --omit=dev` with further `flags` in `dir`. */
export async function npmInstall(dir, ...flags) {
  await promisify(execFile)('npm', [...FLAGS, ...flags], { cwd: dir, env: npmEnvironment(), maxBuffer: 1 << 26 });
}

/**
 * Installs `dependencies` (range by name) into the new folder `dir`, with empty packages in place of those that hosts
 * share: what is left is what a plugin has to bring along.
 */
export async function installWithoutShared(dir, dependencies) {
  const overrides = { ...readJson('package.json').overrides };
  for (const { name, version } of sharedPackages(join(repository, 'cli'))) {
    if (name === SHARED_ROOT) continue;
    const standIn = join(dir, 'shared', packName(name));
    await mkdir(standIn, { recursive: true });
    await writeFile(join(standIn, 'package.json'), JSON.stringify({ name, version }));
    overrides[name] = `file:${standIn}`;
  }
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  // What native packages build is not part of what they publish.
  await npmInstall(dir, '--ignore-scripts');
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../../scripts/lib/repository.mjs';
import { npmInstall } from '../../lib/install.mjs';

const FILES = ['package.json', 'package-lock.json', '.npmrc'];
const DONE = 'installed';
/** Where a compiled driver lies that this repository has in the same version. */
const COMPILED = 'node_modules/better-sqlite3/build';

/**
 * The folder in which the libraries are installed as bench/libraries/package-lock.json says, in the temporary folder, where
 * later runs find it again. Nothing is compiled: what has no prebuilt native part works without it, or is not tried.
 */
export async function installSet() {
  const sources = FILES.map((file) => join(repository, file === '.npmrc' ? file : `bench/libraries/${file}`));
  const hash = createHash('sha256').update(process.versions.modules);
  for (const source of sources) hash.update(await readFile(source));
  const dir = join(tmpdir(), `stagedoor-libraries-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(join(dir, DONE))) return dir;

  process.stderr.write(`installing the libraries into ${dir} …\n`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  for (const [index, source] of sources.entries()) await copyFile(source, join(dir, FILES[index]));
  // Three hundred libraries in one folder never agree on their peers.
  await npmInstall(dir, '--ignore-scripts', '--legacy-peer-deps', '--prefer-offline');
  await cp(join(repository, COMPILED), join(dir, COMPILED), { recursive: true });
  await writeFile(join(dir, DONE), '');
  return dir;
}

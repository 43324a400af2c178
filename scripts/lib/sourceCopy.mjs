import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from './repository.mjs';

/** Left alone in an existing copy: what installing and building put there, and what they would put there again. */
const KEPT = ['node_modules', '.cache'];

/** Makes `target` hold the repository's sources as they are now, uncommitted changes included. */
export function copySources(target) {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(target)) {
    if (!KEPT.includes(name)) rmSync(join(target, name), { recursive: true });
  }
  for (const file of sourceFiles()) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(repository, file), join(target, file), { verbatimSymlinks: true });
  }
}

/** Paths of all files that git does not ignore. */
function sourceFiles() {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', listing, { cwd: repository, encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\0');
  return files.filter((file) => file !== '' && existsSync(join(repository, file)));
}

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from './repository.mjs';

/** Left alone in an existing copy: what installing and building put there, and what they would put there again. */
const KEPT = ['node_modules', '.cache'];

/** Copies the repository's current sources to `target`, including uncommitted changes. */
export function copySources(target) {
  mkdirSync(target, { recursive: true });
  removeSources(target);
  for (const file of sourceFiles()) {
    const copied = join(target, file);
    mkdirSync(dirname(copied), { recursive: true });
    // A link that an earlier copy kept in a fixture's node_modules leads nowhere at this moment, and Node.js copies over no such link.
    rmSync(copied, { force: true });
    cpSync(join(repository, file), copied, { verbatimSymlinks: true });
  }
}

/** Workspaces have packages of their own: those stay at every depth. */
function removeSources(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (KEPT.includes(entry.name)) continue;
    if (!entry.isDirectory()) rmSync(path);
    else {
      removeSources(path);
      if (readdirSync(path).length === 0) rmdirSync(path);
    }
  }
}

/** Paths of all files that git does not ignore. */
function sourceFiles() {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', listing, { cwd: repository, encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\0');
  return files.filter((file) => file !== '' && existsSync(join(repository, file)));
}

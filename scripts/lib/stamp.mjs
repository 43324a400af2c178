import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repository } from './repository.mjs';

/**
 * Runs `work` unless it ran before on the same input and all of `outputs` are there. Input is the content of files
 * and folders plus `extra` strings. Returns whether it ran.
 */
export async function unlessUpToDate(name, { inputs, outputs, extra = [] }, work) {
  const stamp = join(repository, '.cache/stamps', name);
  const digest = digestOf(inputs, extra);
  const fresh =
    existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && outputs.every((file) => existsSync(file));
  if (fresh) return false;
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
  return true;
}

/** Hex sha256 over paths, from the repository on, and content of all files at and below `paths` that are not built, and over `extra`. */
function digestOf(paths, extra) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== 'node_modules' && !/^\.?dist|\.tgz$/.test(name)) add(join(path, name));
      }
    } else {
      hash
        .update(`${relative(repository, path)}\0`)
        .update(readFileSync(path))
        .update('\0');
    }
  };
  paths.forEach(add);
  extra.forEach((text) => hash.update(`${text}\0`));
  return hash.digest('hex');
}

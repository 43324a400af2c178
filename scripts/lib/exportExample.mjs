import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';
import { runQuietly } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';

const MANIFEST = 'dynamic-bundle.json';

/** Exports `examples/<name>` unless its sources, the packager and the dependencies are as they were; its bundle folder. */
export async function exportExample(name) {
  const dir = join(repository, 'examples', name);
  const bundle = join(dir, 'dist-dynamic');
  const inputs = [dir, ...['cli/dist', 'bundle/dist', 'package-lock.json'].map((path) => join(repository, path))];
  const options = { inputs, outputs: [join(bundle, MANIFEST)], extra: [process.version] };
  const ran = await unlessUpToDate(`export-${name}`, options, () =>
    runQuietly(process.execPath, [join(repository, 'cli/bin/export-dynamic.js')], {
      cwd: dir,
      hint: () => `Correct what the lines above name in examples/${name}.`,
    }),
  );
  return { bundle, ran };
}

/**
 * Puts a bundle into a root directory under `name`, unless the same one is there. The copy is made there under a hidden name,
 * as the root directory may be a file system of its own, and renamed as a whole, so a running portal never sees half of it.
 * Returns whether it was put there.
 */
export function dropBundle(bundle, rootDirectory, name) {
  const target = join(rootDirectory, name);
  if (digestOf(target) === digestOf(bundle)) return false;
  const temporary = join(rootDirectory, `.${name}-${process.pid}`);
  mkdirSync(rootDirectory, { recursive: true });
  rmSync(temporary, { recursive: true, force: true });
  cpSync(bundle, temporary, { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(temporary, target);
  return true;
}

function digestOf(bundle) {
  const manifest = join(bundle, MANIFEST);
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).digest : undefined;
}

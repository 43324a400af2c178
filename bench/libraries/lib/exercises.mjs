import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../../scripts/lib/repository.mjs';

const FOLDER = join(repository, 'bench/libraries/exercises');

/**
 * The exercises, sorted by name. Each is a file that exports `late` (what the library loads late), `packages` (what a
 * plugin declares to use it, the library first) and `run`, which gives something that JSON can hold.
 */
export function readExercises() {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.cjs'))
    .sort()
    .map((file) => {
      const { late, packages } = createRequire(import.meta.url)(join(FOLDER, file));
      return { name: file.slice(0, -'.cjs'.length), file: join(FOLDER, file), late, packages };
    });
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the repository. */
export const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A JSON file of the repository. */
export function readJson(...path) {
  return JSON.parse(readFileSync(join(repository, ...path), 'utf8'));
}

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the repository. */
export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

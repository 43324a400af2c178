import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the repository, by its real path: the suite may be seen through a link. */
export const repository = realpathSync(resolve(dirname(fileURLToPath(import.meta.url)), '../..'));

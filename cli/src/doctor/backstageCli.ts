import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding } from './finding';

/** Packages that bring the commands of Backstage's own CLI; an app may take some of them only. */
const OWN_MODULES = /^@backstage\/cli-(defaults$|module-)/;

/**
 * Whether `backstage-cli` lost its own commands in a repository that contains `folder`: it uses its built-in commands only if
 * it finds no module among the dependencies of the root, and `@stagedoor/cli` is a module.
 */
export async function lostCommands(folder: string): Promise<Finding[]> {
  const file = join(folder, 'package.json');
  const names = await dependenciesOf(file);
  if (
    names.includes('@stagedoor/cli') &&
    names.includes('@backstage/cli') &&
    !names.some((name) => OWN_MODULES.test(name))
  ) {
    const message = '`backstage-cli` has only the commands of @stagedoor/cli, because it finds no other module.';
    return [{ level: 'warning', subject: file, message, fix: 'Add @backstage/cli-defaults to "devDependencies".' }];
  }
  return dirname(folder) === folder ? [] : await lostCommands(dirname(folder));
}

async function dependenciesOf(file: string): Promise<string[]> {
  try {
    const { dependencies, devDependencies } = JSON.parse(await readFile(file, 'utf8')) as Record<string, object>;
    return Object.keys({ ...dependencies, ...devDependencies });
  } catch {
    // A missing or invalid package.json is reported elsewhere.
    return [];
  }
}

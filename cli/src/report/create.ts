import { relative } from 'node:path';
import type { CreateResult } from '../create/options';
import { runCommand } from '../create/packageManager';

/** What was made, and what to do with it. */
export function createdLines({ name, path, workspace, packageManager, files }: CreateResult, cwd: string): string[] {
  const folder = relative(cwd, path) || '.';
  const run = (script: string): string => runCommand(packageManager, script);
  return [
    ...files.map((file) => `created   ${file}`),
    `${name} in ${path}${workspace === undefined ? '' : `, a member of ${workspace}`}`,
    '',
    'Next:',
    `  cd ${folder}`,
    `  ${packageManager} install`,
    `  ${packageManager} test`,
    `  ${run('export-dynamic')}`,
    `  ${run('dev')} ${packageManager === 'npm' ? '-- ' : ''}--portal <root directory of a portal>`,
  ];
}

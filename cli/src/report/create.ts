import { relative } from 'node:path';
import type { CreateResult } from '../create/options';
import { runCommand } from '../create/packageManager';

/** What was created, and the next steps. */
export function createdLines(created: CreateResult, cwd: string): string[] {
  const { path, workspace, packageManager, files, packages } = created;
  const member = workspace === undefined ? '' : `, a member of ${workspace}`;
  const folder = (dir: string): string => relative(cwd, dir) || '.';
  const run = (script: string): string => runCommand(packageManager, script);
  const portal = '--portal <root directory of a portal>';
  const next =
    packages.length > 1 && workspace !== undefined
      ? [
          `cd ${folder(workspace)}`,
          `${packageManager} install`,
          `npx stagedoor dev ${foldersOf(created).join(' ')} ${portal}`,
        ]
      : [
          `cd ${folder(path)}`,
          `${packageManager} install`,
          `${packageManager} test`,
          run('export-dynamic'),
          `${run('dev')} ${packageManager === 'npm' ? '-- ' : ''}${portal}`,
        ];
  return [
    ...files.map((file) => `created   ${file}`),
    ...packages.map((each) => `${each.name} in ${each.path}${member}`),
    '',
    'Next:',
    ...next.map((line) => `  ${line}`),
  ];
}

function foldersOf({ workspace, packages }: CreateResult): string[] {
  return packages.map(({ path }) => relative(workspace!, path));
}

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import { outputUnwritable } from '../export/faults';
import { findHome, type Home } from './home';
import { camelCase, checkNames } from './names';
import type { CreateOptions, CreateResult } from './options';
import { ownWorkspaceFiles } from './ownWorkspace';
import { packageJsonText } from './packageJson';
import { managerOfWorkspace, managerThatRuns, runCommand, type PackageManager } from './packageManager';
import { fillTemplate } from './templates';

/**
 * Makes a package with tests, config schema and README, ready to be exported. The folder appears as a whole or not at
 * all. Throws USAGE, TARGET_NOT_EMPTY, WORKSPACE_INVALID and OUTPUT_UNWRITABLE.
 */
export async function createPackage(options: CreateOptions): Promise<CreateResult> {
  checkNames(options);
  const home = await findHome(options);
  await refuseToOverwrite(home.dir);
  const packageManager =
    options.packageManager ??
    (home.workspace ? await managerOfWorkspace(home.workspace.dir) : managerThatRuns(process.env));
  const files = await contents(options, home, packageManager);
  await writeFolder(home.dir, files);
  return {
    name: home.name,
    kind: options.kind,
    path: home.dir,
    ...(home.workspace && { workspace: home.workspace.dir }),
    packageManager,
    files: [...files.keys()].sort(),
  };
}

async function contents(options: CreateOptions, home: Home, manager: PackageManager): Promise<Map<string, string>> {
  const { kind, id, module } = options;
  const description =
    module === undefined ? `The backend plugin ${id}.` : `The module ${module} of the backend plugin ${id}.`;
  const values = {
    packageName: home.name,
    pluginId: id,
    ...(module !== undefined && { moduleId: module }),
    camelId: module === undefined ? camelCase(id) : camelCase(id, module),
    install: `${manager} install`,
    test: `${manager} test`,
    types: runCommand(manager, 'types'),
    dev: runCommand(manager, 'dev'),
    portalArgument: manager === 'npm' ? '-- --portal' : '--portal',
    doctor: runCommand(manager, 'doctor'),
    exportDynamic: runCommand(manager, 'export-dynamic'),
    packArgument: manager === 'npm' ? '-- --pack' : '--pack',
  };
  return new Map([
    ...(await fillTemplate('common', values)),
    ...(await fillTemplate(kind, values)),
    ...(home.workspace ? [] : ownWorkspaceFiles(manager)),
    ['.gitignore', 'node_modules/\ndist-dynamic/\n*.tgz\n'],
    ['package.json', packageJsonText(options, { description, home, manager })],
  ]);
}

async function refuseToOverwrite(dir: string): Promise<void> {
  try {
    if ((await readdir(dir)).length === 0) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code !== 'ENOTDIR') throw outputUnwritable(error as NodeJS.ErrnoException, dir);
  }
  throw new StagedoorError('TARGET_NOT_EMPTY', `${dir} is there already.`);
}

async function writeFolder(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  const staging = join(dirname(dir), `.${basename(dir)}-${randomBytes(4).toString('hex')}`);
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), text);
    }
    await rename(staging, dir);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw outputUnwritable(error as NodeJS.ErrnoException, dir);
  }
}

import { relative } from 'node:path';
import { camelCase, checkNames, titleOf } from './names';
import type { CreateOptions, CreateResult } from './options';
import { ownWorkspaceFiles } from './ownWorkspace';
import { packageJsonText, workspaceJsonText } from './packageJson';
import { managerOfWorkspace, managerThatRuns, runCommand, type PackageManager } from './packageManager';
import { findPlaces, type Place, type Places } from './places';
import { fillTemplate } from './templates';
import { refuseToOverwrite, writeFolders } from './writeFolders';

type Files = Map<string, string>;

const IGNORED: [string, string] = ['.gitignore', 'node_modules/\ndist-dynamic/\n*.tgz\n'];

/**
 * Makes a package, or a pair of them, with tests, config schema and README, ready to be exported. Each folder appears
 * atomically. Throws USAGE, TARGET_NOT_EMPTY, WORKSPACE_INVALID and OUTPUT_UNWRITABLE.
 */
export async function createPackage(options: CreateOptions): Promise<CreateResult> {
  checkNames(options);
  const places = await findPlaces(options);
  const { dir, packages, own } = places;
  const homes = packages.map(({ home }) => home);
  for (const target of own ? [dir] : homes.map((home) => home.dir)) await refuseToOverwrite(target);
  const { workspace, name } = homes[0]!;
  const packageManager =
    options.packageManager ?? (workspace ? await managerOfWorkspace(workspace.dir) : managerThatRuns(process.env));
  const folders = new Map<string, Files>();
  for (const place of packages) folders.set(place.home.dir, await contents(options, place, places, packageManager));
  if (own) folders.set(dir, joined(dir, await rootContents(options, places, packageManager), folders));
  await writeFolders(own ? new Map([[dir, folders.get(dir)!]]) : folders);
  return {
    name: own?.name ?? name,
    kind: options.kind,
    path: dir,
    ...(workspace && { workspace: workspace.dir }),
    packageManager,
    files: [...(own ? folders.get(dir)! : joined(dir, new Map(), folders)).keys()].sort(),
    packages: packages.map(({ kind, home }) => ({ name: home.name, kind, path: home.dir })),
  };
}

/** The files of one package, text by path. */
async function contents(
  options: CreateOptions,
  { kind, home }: Place,
  { packages, own }: Places,
  manager: PackageManager,
): Promise<Files> {
  const member = own !== undefined || home.workspace !== undefined;
  const values = { ...commands(manager), ...valuesOf(options, packages), packageName: home.name };
  const description = describe(kind, options);
  return new Map([
    ...(await fillTemplate('common', values)),
    ...(await fillTemplate(kind, values)),
    ...(kind === 'frontend-plugin'
      ? await fillTemplate(packages.length > 1 ? 'frontend-of-pair' : 'frontend-alone', values)
      : []),
    ...(member ? [] : ownWorkspaceFiles(manager)),
    IGNORED,
    ['package.json', packageJsonText(options, { kind, description, home, manager, member })],
  ]);
}

/** The files of the workspace that is made for a pair, without its members. */
async function rootContents(
  options: CreateOptions,
  { dir, packages, own }: Places,
  manager: PackageManager,
): Promise<Files> {
  const { name, patterns, folders } = own!;
  const values = {
    ...commands(manager),
    ...valuesOf(options, packages),
    packageName: name,
    frontendFolder: folders[0]!,
    backendFolder: folders[1]!,
  };
  return new Map([
    ...(await fillTemplate('pair-root', values)),
    ...ownWorkspaceFiles(manager, patterns),
    IGNORED,
    ['package.json', workspaceJsonText(options, { ...own!, dir, manager })],
  ]);
}

/** `files` of `dir`, and those of folders below it. */
function joined(dir: string, files: Files, folders: ReadonlyMap<string, Files>): Files {
  const all = new Map(files);
  for (const [folder, inner] of folders) {
    const prefix = folder === dir ? '' : `${relative(dir, folder).replaceAll('\\', '/')}/`;
    for (const [path, text] of inner) all.set(prefix + path, text);
  }
  return all;
}

function describe(kind: Place['kind'], { id, module }: CreateOptions): string {
  if (module !== undefined) return `The module ${module} of the backend plugin ${id}.`;
  return `The ${kind === 'frontend-plugin' ? 'frontend' : 'backend'} plugin ${id}.`;
}

function valuesOf({ id, module }: CreateOptions, packages: readonly Place[]): Record<string, string> {
  return {
    pluginId: id,
    title: titleOf(id),
    camelId: module === undefined ? camelCase(id) : camelCase(id, module),
    ...(module !== undefined && { moduleId: module }),
    ...(packages.length > 1 && { backendName: packages[1]!.home.name }),
  };
}

function commands(manager: PackageManager): Record<string, string> {
  return {
    install: `${manager} install`,
    test: `${manager} test`,
    types: runCommand(manager, 'types'),
    dev: runCommand(manager, 'dev'),
    portalArgument: manager === 'npm' ? '-- --portal' : '--portal',
    doctor: runCommand(manager, 'doctor'),
    exportDynamic: runCommand(manager, 'export-dynamic'),
    packArgument: manager === 'npm' ? '-- --pack' : '--pack',
  };
}

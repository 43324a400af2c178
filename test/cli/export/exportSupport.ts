import type { ExportResult } from '@stagedoor/cli/api';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runStagedoor, stagedoorBin, type Run } from '../../support/commandLine';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

export { stagedoorBin as bin, type Run };

/** npm hands its own settings to what it runs, and they would win over the .npmrc of a test. */
const env = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.toLowerCase().startsWith('npm_config_'))
    .map((name) => [name, undefined]),
);

/** Runs `stagedoor` with `args` in `cwd` to its end. */
export async function stagedoor(cwd: string, ...args: string[]): Promise<Run> {
  return await runStagedoor(args, { cwd, env });
}

/** Exports with `--json` and gives the result; fails where the command does. */
export async function exported(cwd: string, ...args: string[]): Promise<ExportResult> {
  const { code, stdout, stderr } = await stagedoor(cwd, 'export', '--json', ...args);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ExportResult;
}

/** A copy of test/fixtures/exports/<name> below `parent`, with the packages of the repository in reach. */
export async function copyFixture(name: string, parent: string): Promise<string> {
  await symlink(join(repository, 'node_modules'), join(parent, 'node_modules'), 'dir');
  const dir = join(parent, 'plugin');
  await mkdir(dir);
  await cp(join(repository, 'test/fixtures/exports', name), dir, { recursive: true });
  return dir;
}

/** {@link copyFixture} in a fresh folder that is removed when the running test ends. */
export async function fixturePackage(name: string): Promise<string> {
  return await copyFixture(name, await tempDir());
}

/** Every file below `dir`, relative, sorted. */
export async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

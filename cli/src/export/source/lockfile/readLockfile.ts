import { statSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import { errorText } from '../../../text/errorText';
import type { InstalledManifest } from '../installedPackage';
import { installCommand, type Workspace } from '../workspace';
import type { Lockfile } from './lockfile';

/** Reads each lockfile once, and again when it has changed: the exports of one run share it. */
export class LockfileReader {
  private readonly read = new Map<string, Promise<Lockfile | undefined>>();

  /** The lockfile of a workspace; undefined without one. Throws LOCKFILE_UNREADABLE. */
  of(workspace: Workspace): Promise<Lockfile | undefined> {
    const file = workspace.lockfile?.file ?? '';
    const state = file === '' ? undefined : statSync(file, { throwIfNoEntry: false });
    const key = `${file} ${state?.mtimeMs} ${state?.size}`;
    const reading = this.read.get(key) ?? readLockfile(workspace);
    // A failure is thrown to the caller later; until then it must not count as unhandled.
    reading.catch(() => {});
    this.read.set(key, reading);
    return reading;
  }
}

async function readLockfile(workspace: Workspace): Promise<Lockfile | undefined> {
  if (!workspace.lockfile) return undefined;
  const { file, manager } = workspace.lockfile;
  try {
    const text = await readFile(file, 'utf8');
    // Yarn's parsers take 25 ms to load, the YAML parser 30: only who needs one waits for it.
    switch (manager) {
      case 'npm':
        return (await import('./npm')).readNpmLockfile(text, file, workspace.root);
      case 'pnpm':
        return (await import('./pnpm')).readPnpmLockfile(text, file, workspace.root);
      case 'yarn':
        return (await import('./yarn')).readYarnLockfile(text, file, await resolutionsOf(workspace.root));
    }
  } catch (cause) {
    throw new StagedoorError('LOCKFILE_UNREADABLE', `${file}: ${errorText(cause)}`, {
      hint: `Run \`${installCommand(workspace)}\` in ${workspace.root}; it writes ${basename(file)} anew.`,
      cause,
    });
  }
}

async function resolutionsOf(root: string): Promise<InstalledManifest['resolutions']> {
  const text = await readFile(join(await realpath(root), 'package.json'), 'utf8');
  return (JSON.parse(text) as InstalledManifest).resolutions;
}

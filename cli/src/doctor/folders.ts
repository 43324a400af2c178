import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '@backstage/config';
import { isInside } from '@stagedoor/bundle';
import type { Finding } from './finding';

const OTHERS_MAY_WRITE = 0o002;

/** Findings about the root directory and the state directory of a portal. */
export async function examineFolders(root: string, dir: string, config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const info = await stat(root).catch(() => undefined);
  if (!info?.isDirectory()) {
    const message = 'dynamicPlugins.rootDirectory is not a folder.';
    findings.push({ level: 'error', subject: root, message, fix: `Create it: mkdir -p ${shellWord(root)}` });
  } else if (!(await allows(root, constants.R_OK | constants.X_OK))) {
    const message = 'The root directory cannot be read.';
    findings.push({ level: 'error', subject: root, message, fix: 'Give the user of the portal read permission.' });
  } else if (process.platform !== 'win32' && (info.mode & OTHERS_MAY_WRITE) !== 0) {
    const message = 'Every user of this machine can write to the root directory, and the portal runs its content.';
    findings.push({ level: 'warning', subject: root, message, fix: `chmod o-w ${shellWord(root)}` });
  }
  const configured = config.getOptional('dynamicPlugins.stateDirectory');
  const state = typeof configured === 'string' ? resolve(dir, configured) : join(dirname(root), '.stagedoor');
  if (isInside(root, state)) {
    const message = 'The state directory is in the root directory, where it would be treated as a drop.';
    findings.push({
      level: 'error',
      subject: state,
      message,
      fix: 'Set dynamicPlugins.stateDirectory to a folder outside of it.',
    });
  } else if (!(await allows(await nearest(state), constants.W_OK))) {
    const message = 'The state directory cannot be written.';
    findings.push({ level: 'error', subject: state, message, fix: 'Give the user of the portal write permission.' });
  }
  return findings;
}

async function allows(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

/** The folder itself, or the one in which the portal would make it. */
async function nearest(path: string): Promise<string> {
  return (await stat(path).catch(() => undefined)) ? path : await nearest(dirname(path));
}

/** A path as one word of a command that is copied into a shell. */
function shellWord(path: string): string {
  return /^[\p{L}\p{N}_./@+:,=-]+$/u.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

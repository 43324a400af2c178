import { chmod, chown, lstat, mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChildProcess } from './childProcess';
import { startWithMounts } from './mountNamespace';
import { tempDir } from './tempDir';

/** The user of the image, by number. */
export const CONTAINER_USER = 1000;

/** A folder or file of this machine in a container. */
export interface Mount {
  source: string;
  target: string;
  readOnly?: boolean;
}

/** What an engine would be told. */
export interface ContainerOptions {
  /** What `scripts/image/collect.mjs` made. */
  image: string;
  command: string[];
  /** All of the environment, beside PATH. */
  env?: Record<string, string>;
  mounts?: Mount[];
}

/** Programs and libraries, which a base image brings. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/proc', '/dev'];

// Flags that a mount has must stay when another user than root makes it read-only.
const SCRIPT = `
root=$1; user=$2; shift 2
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  mount --rbind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro,nosuid,nodev "$root$2"
  shift 3
done
shift
mount -o remount,bind,ro,nosuid,nodev "$root"
exec chroot $user "$root" /usr/bin/env -i --chdir=/opt/stagedoor/portal "$@"`;

/**
 * Starts a command of the image much as a container engine does, without one: on a read-only file system that holds the
 * image, the programs of this machine and the mounts, with no environment but the one given, and as a user without rights.
 * Network and processes are those of this machine. Where the tests do not run as root, it is the user that they run as.
 * Ended by the caller; its files are gone when the running test ends.
 */
export async function startContainer({
  image,
  command,
  env = {},
  mounts = [],
}: ContainerOptions): Promise<ChildProcess> {
  const root = await tempDir();
  await chmod(root, 0o755);
  const all: Mount[] = [
    { source: image, target: '/opt/stagedoor', readOnly: true },
    { source: process.execPath, target: '/opt/node/bin/node', readOnly: true },
    ...mounts,
  ];
  for (const path of SYSTEM) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) await symlink(await readlink(path), join(root, path));
    else if (found) all.unshift({ source: path, target: path });
  }
  for (const { source, target } of all) await mountPoint(source, join(root, target));
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  const user = process.getuid?.() === 0 ? `--userspec=${CONTAINER_USER}:${CONTAINER_USER}` : '';
  const variables = { PATH: '/opt/stagedoor/node_modules/.bin:/opt/node/bin:/usr/bin:/bin', ...env };
  return startWithMounts(SCRIPT, [
    root,
    user,
    ...all.flatMap(({ source, target, readOnly }) => [source, target, readOnly ? 'ro' : 'rw']),
    '--',
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...command,
  ]);
}

/** A new folder that containers may write. */
export async function writableVolume(): Promise<string> {
  const dir = await tempDir();
  if (process.getuid?.() === 0) await chown(dir, CONTAINER_USER, CONTAINER_USER);
  return dir;
}

async function mountPoint(source: string, path: string): Promise<void> {
  if ((await lstat(source)).isDirectory()) return void (await mkdir(path, { recursive: true }));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
}

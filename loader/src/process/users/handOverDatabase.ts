import { chmod, lchown, lstat, mkdir, readdir, readlink, rename, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { databaseIsLink } from '../errors';
import { unreachableFault } from './folders';

/** Files that SQLite keeps beside a database, in this order so that the database is never without its journal. */
const BESIDE = ['-journal', '-wal', '-shm'];
const FOLDER = '.d';
const OTHERS_ENTER = 0o001;

/**
 * Gives the SQLite file of a plugin to a user. SQLite creates and looks for journals in the folder of a database, and a
 * journal from another plugin could change it: so the file moves to a folder of its own, `<file>.d`, and a link stays in its
 * place. SQLite resolves the link before it looks for journals. Throws PROCESS_USER_UNAVAILABLE.
 */
export async function handOverDatabase(file: string, user: number): Promise<void> {
  await openFolder(dirname(file));
  const home = `${file}${FOLDER}`;
  const moved = join(home, basename(file));
  await mkdir(home, { mode: 0o700 }).catch(unlessThere);
  const info = await lstat(file).catch(unlessMissing);
  if (info?.isSymbolicLink()) {
    if ((await readlink(file)) !== join(basename(home), basename(file))) throw databaseIsLink(file);
  } else {
    for (const suffix of [...BESIDE, '']) {
      const own = await lstat(`${file}${suffix}`).catch(unlessMissing);
      if (!own) continue;
      await lchown(`${file}${suffix}`, user, user);
      await chmod(`${file}${suffix}`, 0o600);
      await rename(`${file}${suffix}`, `${moved}${suffix}`);
    }
    await symlink(join(basename(home), basename(file)), file);
  }
  await giveFolder(home, user);
}

/** Reverts assignments of an earlier run, and closes the files of other plugins in a folder of SQLite files. */
export async function closeDatabases(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name.endsWith(`.sqlite${FOLDER}`)) await lchown(path, 0, 0);
    if (entry.isFile() && /\.sqlite(-journal|-wal|-shm)?$/.test(entry.name)) await chmod(path, 0o600);
  }
}

/** Lets users pass through the folder of the databases; only the portal may create files there. */
async function openFolder(dir: string): Promise<void> {
  const made = await mkdir(dir, { recursive: true });
  for (let at = dir; made !== undefined; at = dirname(at)) {
    await chmod(at, 0o711);
    if (at === made) break;
  }
  const { mode } = await stat(dir);
  await chmod(dir, (mode & 0o7770) | OTHERS_ENTER);
  const fault = unreachableFault(dir);
  if (fault) throw fault;
}

async function giveFolder(home: string, user: number): Promise<void> {
  if ((await lstat(home)).uid === user) return;
  // From now on its former owner cannot reach the content.
  await lchown(home, 0, 0);
  for (const name of await readdir(home)) {
    const path = join(home, name);
    const info = await lstat(path);
    // A file with a second hard link may belong to anybody.
    if (info.isFile() && info.nlink === 1) await lchown(path, user, user);
  }
  await lchown(home, user, user);
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

import type { Config } from '@backstage/config';
import { isStagedoorError, type StagedoorError } from '@stagedoor/bundle';
import { realpathSync } from 'node:fs';
import { chown, mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserRange } from '../../settings/process';
import { writingState } from '../../stage/stateDirectory';
import { UserAssignments } from './assignments';
import { databaseDirectories, databaseFile } from '../databaseFile';
import { closeToWriters, openStateDirectoryToUsers, showCopy, unreachableFault, unreadableFault } from './folders';
import { closeDatabases, handOverDatabase } from './handOverDatabase';
import { endProcessesOf, emptyAs } from './processesOf';
import { ownRights, switchingFault } from './switching';

/** Files that the portal creates while plugins have their own users are for the portal only. */
const PRIVATE = 0o077;

/** Inputs of {@link PluginUsers}. */
export interface PluginUsersOptions {
  range: UserRange;
  rootDirectory: string;
  /** Real path of the state directory. */
  stateDirectory: string;
  cwd: string;
  config: Config;
  /** Files and folders that every process reads, beside its own copies. */
  needed: readonly string[];
}

/** Gives the process of each plugin its own user and group, and that user access to what it needs. */
export class PluginUsers {
  readonly #options: PluginUsersOptions;
  readonly #readers = new Map<string, Set<number>>();
  /** Processes that run, by user. */
  readonly #running = new Map<number, number>();
  readonly #ending = new Map<number, Promise<void>>();
  readonly #leaving = new Set<Promise<void>>();
  #assignments: UserAssignments | undefined;
  #fault: StagedoorError | undefined;
  #umask: number | undefined;

  private constructor(options: PluginUsersOptions) {
    this.#options = options;
  }

  /**
   * Ends processes of an earlier run, and closes files to plugin processes. A problem with separate users becomes a {@link
   * fault}. Throws STATE_UNWRITABLE.
   */
  static async open(options: PluginUsersOptions): Promise<PluginUsers> {
    const users = new PluginUsers(options);
    try {
      await users.#prepare();
    } catch (error) {
      if (!isStagedoorError(error) || error.code !== 'PROCESS_USER_UNAVAILABLE') throw error;
      users.#fault = error;
    }
    return users;
  }

  /** The reason why no process can run as another user; undefined if they can. */
  get fault(): StagedoorError | undefined {
    return this.#fault;
  }

  async #prepare(): Promise<void> {
    const { range, rootDirectory, stateDirectory, needed, config, cwd } = this.#options;
    const fault =
      switchingFault(range, ownRights()) ??
      // Executable but not readable: see the Dockerfile.
      unreachableFault(realpathSync(process.execPath)) ??
      unreadableFault(needed) ??
      unreachableFault(stateDirectory);
    if (fault) throw fault;
    const assignments = new UserAssignments(stateDirectory, range);
    const databases = databaseDirectories(config, cwd);
    await closeToWriters([rootDirectory, ...databases], tmpdir());
    await endProcessesOf(assignments.all());
    await writingState(stateDirectory, async () => {
      await openStateDirectoryToUsers(stateDirectory);
      for (const directory of databases) await closeDatabases(directory);
    });
    this.#umask = process.umask(PRIVATE);
    this.#assignments = assignments;
  }

  /**
   * The user for a process that is about to start with a package's plugin; {@link leave} releases it. Resolves when its
   * earlier processes are gone. Throws PROCESS_USER_UNAVAILABLE, STATE_UNWRITABLE.
   */
  async enter(packageName: string, pluginId: string | undefined): Promise<number> {
    if (!this.#assignments) throw this.#fault!;
    const user = this.#assignments.userOf(packageName, pluginId);
    for (let ending; (ending = this.#ending.get(user));) await ending;
    this.#running.set(user, (this.#running.get(user) ?? 0) + 1);
    return user;
  }

  /** A process did not start, or has ended: after the last one of a user, everything that it started is ended. */
  async leave(user: number): Promise<void> {
    const left = this.#running.get(user)! - 1;
    this.#running.set(user, left);
    if (left > 0) return;
    const ending = endProcessesOf([user]).finally(() => this.#ending.delete(user));
    this.#ending.set(user, ending);
    await ending;
  }

  /** Lets a user read staged copies. Throws STATE_UNWRITABLE. */
  async show(bundles: ReadonlyArray<{ dir: string }>, user: number): Promise<void> {
    for (const { dir } of bundles) {
      const readers = this.#readers.get(dir) ?? new Set();
      this.#readers.set(dir, readers.add(user));
      await writingState(this.#options.stateDirectory, () => showCopy(dir, readers.size > 1 ? 'all' : user));
    }
  }

  /** Creates a folder that only the user and the portal can enter, with one for temporary files in it. */
  async makeFolder(path: string, temporary: string, user: number): Promise<void> {
    await writingState(this.#options.stateDirectory, async () => {
      await mkdir(path, { mode: 0o700 });
      await mkdir(join(path, temporary), { mode: 0o700 });
      await chown(join(path, temporary), user, user);
      await chown(path, user, user);
    });
  }

  /**
   * Gives the database of a plugin, whose id no other bundle has, to its user. Throws PROCESS_USER_UNAVAILABLE,
   * STATE_UNWRITABLE.
   */
  async giveDatabase(pluginId: string, user: number): Promise<void> {
    const { config, cwd, stateDirectory } = this.#options;
    const file = databaseFile(config, cwd, pluginId);
    if (file) await writingState(stateDirectory, () => handOverDatabase(file, user));
  }

  /** A process of a user has started; when it has ended, its remaining children and its folder are removed. */
  started(user: number, folder: string, ended: Promise<unknown>): void {
    const leaving = ended.then(() => this.#tidyUp(user, folder)).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Resolves when all ended processes are cleaned up; afterwards the portal writes files as before. */
  async close(): Promise<void> {
    await Promise.all(this.#leaving);
    if (this.#umask !== undefined) process.umask(this.#umask);
  }

  async #tidyUp(user: number, folder: string): Promise<void> {
    await this.leave(user);
    await emptyAs(user, folder);
    await rmdir(folder).catch(() => {});
  }
}

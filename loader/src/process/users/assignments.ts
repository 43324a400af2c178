import { replaceFileSync } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserRange } from '../../settings/process';
import { stateUnwritable } from '../../stage/errors';
import { userRecordsDamaged, usersExhausted } from '../errors';

const FILE = 'users.json';
/** Where users and groups have names: whoever has one is somebody. */
const NAMED = ['/etc/passwd', '/etc/group'];

/**
 * Which user each plugin has, remembered in `<stateDir>/users.json`. A user belongs to a plugin id together with the package that
 * brings it: a package that only says that it is for the plugin of another gets another user. Nobody gets one that was another's.
 */
export class UserAssignments {
  readonly #path: string;
  readonly #range: UserRange;
  readonly #users: Map<string, number>;

  /** Throws PROCESS_USER_UNAVAILABLE for a file that cannot be understood, STATE_UNWRITABLE for one that cannot be read. */
  constructor(stateDirectory: string, range: UserRange) {
    this.#path = join(stateDirectory, FILE);
    this.#range = range;
    this.#users = read(this.#path);
  }

  /** Every user that was ever given. */
  all(): number[] {
    return [...this.#users.values()];
  }

  /**
   * The user of a plugin; a plugin id that is not known yet has one, too. Throws PROCESS_USER_UNAVAILABLE where all are taken,
   * STATE_UNWRITABLE.
   */
  userOf(packageName: string, pluginId: string | undefined): number {
    const key = JSON.stringify([packageName, pluginId ?? null]);
    const known = this.#users.get(key);
    if (known !== undefined && this.#isInRange(known)) return known;
    const user = this.#free();
    this.#users.set(key, user);
    try {
      const users = Object.fromEntries(this.#users);
      const text = `${JSON.stringify({ format: 1, users }, null, 2)}\n`;
      replaceFileSync(this.#path, text, { temporary: `${this.#path}.new`, makeFolder: false, mode: 0o600 });
    } catch (error) {
      this.#users.delete(key);
      throw stateUnwritable(this.#path, error);
    }
    return user;
  }

  #isInRange(user: number): boolean {
    return user >= this.#range.from && user < this.#range.from + this.#range.count;
  }

  #free(): number {
    const { from, count } = this.#range;
    const taken = new Set([...this.#users.values(), ...ownIds(), ...namedIds()]);
    for (let user = from; user < from + count; user++) if (!taken.has(user)) return user;
    throw usersExhausted(this.#range);
  }
}

function read(path: string): Map<string, number> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw stateUnwritable(path, error);
  }
  try {
    const { format, users } = JSON.parse(text) as { format?: unknown; users?: Record<string, unknown> };
    const entries = Object.entries(users!);
    if (format === 1 && entries.every(([, user]) => Number.isSafeInteger(user))) {
      return new Map(entries as Array<[string, number]>);
    }
  } catch {
    // Not what was written.
  }
  // Going on without it might give the files of one plugin to another.
  throw userRecordsDamaged(path);
}

function ownIds(): number[] {
  return [process.getuid!(), process.geteuid!(), process.getgid!(), process.getegid!(), ...process.getgroups!()];
}

function namedIds(): number[] {
  return NAMED.flatMap((file) => {
    try {
      return readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => Number(line.split(':')[2]));
    } catch {
      return [];
    }
  });
}

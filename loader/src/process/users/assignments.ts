import { replaceFileSync } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserRange } from '../../settings/process';
import { stateUnwritable } from '../../stage/errors';
import { userRecordsDamaged, usersExhausted } from '../errors';

const FILE = 'users.json';
/** The files that name users and groups: ids in them are in use. */
const NAMED = ['/etc/passwd', '/etc/group'];

/**
 * The user of each plugin, recorded in `<stateDir>/users.json`. A user belongs to a plugin id together with the package that
 * provides it: a package that only claims to be for another one's plugin gets another user. Users are never reassigned.
 */
export class UserAssignments {
  readonly #path: string;
  readonly #range: UserRange;
  readonly #users: Map<string, number>;

  /** Throws PROCESS_USER_UNAVAILABLE for a file that cannot be parsed, STATE_UNWRITABLE for one that cannot be read. */
  constructor(stateDirectory: string, range: UserRange) {
    this.#path = join(stateDirectory, FILE);
    this.#range = range;
    this.#users = read(this.#path);
  }

  /** Every user that was ever assigned. */
  all(): number[] {
    return [...this.#users.values()];
  }

  /**
   * The user of a plugin; also for a plugin id that is not known yet. Throws PROCESS_USER_UNAVAILABLE if all are in use,
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
  // Continuing without it could give the files of one plugin to another.
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

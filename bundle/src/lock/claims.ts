import { readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';

type Sooner<T> = T | Promise<T>;

/** What claims ask of the file system. */
export interface ClaimFileSystem {
  readdir(path: string): Sooner<string[]>;
  readlink(path: string): Sooner<string>;
  symlink(target: string, path: string): Sooner<void>;
  unlink(path: string): Sooner<void>;
}

/** For a process that starts: it must not wait for imports that keep it busy. */
export const blockingClaims: ClaimFileSystem = {
  readdir: (path) => readdirSync(path),
  readlink: (path) => readlinkSync(path),
  symlink: symlinkSync,
  unlink: unlinkSync,
};

/** For a process that has something else to do: a network volume may not answer for minutes. */
export const waitingClaims: ClaimFileSystem = { readdir: (path) => readdir(path), readlink, symlink, unlink };

/** The text of a claim without a holder. */
export const FREE = 'free';

/** A claim; the one with the highest number counts. Number 0 stands for a lock that was never held. */
export interface Claim {
  number: number;
  /** The holder, or {@link FREE}; empty where it cannot be read. */
  text: string;
}

/** The claim that counts. */
export async function topClaim(fs: ClaimFileSystem, folder: string): Promise<Claim> {
  const number = highest(await fs.readdir(folder));
  if (number === 0) return { number, text: FREE };
  return { number, text: await readClaim(fs, folder, number) };
}

async function readClaim(fs: ClaimFileSystem, folder: string, number: number): Promise<string> {
  try {
    return await fs.readlink(join(folder, String(number)));
  } catch {
    // Removed since (a network volume may show it for a while), or not made by this module.
    return '';
  }
}

/**
 * Makes the claim after the one that was seen to count; undefined where another one counts by now. Gives the names in the folder:
 * what was there before the claim is among them.
 *
 * A symbolic link is made whole and by one process only, on every POSIX volume, and by the server of a network volume. The claim
 * that counts is never removed, so numbers only grow. Who acted on an old list of the folder, as the cache of a network volume
 * gives it, either finds its number taken, or finds a higher one in the list that it reads after its own change, which is new.
 */
export async function claim(
  fs: ClaimFileSystem,
  folder: string,
  { number, text }: Claim,
): Promise<string[] | undefined> {
  const path = join(folder, String(number));
  try {
    await fs.symlink(text, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // The answer to an earlier try may have been lost.
    if ((await readClaim(fs, folder, number)) !== text) return undefined;
  }
  const names = await fs.readdir(folder);
  if (highest(names) === number) return names;
  await removeClaim(fs, folder, number);
  return undefined;
}

/** Removes a claim that does not count any more. */
export async function removeClaim(fs: ClaimFileSystem, folder: string, number: number): Promise<void> {
  try {
    await fs.unlink(join(folder, String(number)));
  } catch {
    // The next holder does it.
  }
}

/** The numbers among the names of a folder. */
export function claimNumbers(names: readonly string[]): number[] {
  return names.filter((name) => /^[1-9]\d{0,14}$/.test(name)).map(Number);
}

function highest(names: readonly string[]): number {
  return Math.max(0, ...claimNumbers(names));
}

import { describeIssues, parseJson, readBounded } from '@stagedoor/bundle';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { lockMismatch, lockFileInvalid, lockFileMissing } from './errors';
import type { Resolved } from './source';

/** Name of the lock file, beside the list of plugins. */
const LOCK_FILE = 'dynamic-plugins.lock';
const MAX_BYTES = 4 * 1024 * 1024;

const entrySchema = z.object({
  key: z.string(),
  identity: z.string(),
  version: z.string().optional(),
  digest: z.string(),
  integrity: z.string().optional(),
  content: z.string(),
});
const schema = z.object({ format: z.literal(1), plugins: z.record(z.string(), entrySchema) });

/** The resolution of one package text. */
export interface LockedPlugin {
  key: string;
  identity: string;
  version?: string | undefined;
  digest: string;
  integrity?: string | undefined;
  /** Hex digest over the files of the package; absent for what is yet to be fetched. */
  content?: string | undefined;
}
/** By the text of `package` in the list, its secrets redacted. */
export type LockedPlugins = Record<string, LockedPlugin>;

/** Path of the lock file that belongs to a list of plugins. */
export function lockFileOf(list: string): string {
  return join(dirname(list), LOCK_FILE);
}

/** The entry for a package. */
export function lockedPlugin(resolved: Resolved, content: string | undefined): LockedPlugin {
  const { key, identity, version, digest, integrity } = resolved;
  return { key, identity, version, digest, integrity, content };
}

/** Reads a lock file. Throws PLUGIN_LOCK_INVALID, PLUGIN_LOCK_MISMATCH if there is none. */
export async function readLockFile(file: string): Promise<LockedPlugins> {
  const bytes = await readBounded(file, MAX_BYTES);
  if (bytes === 'absent') {
    throw lockFileMissing(file);
  }
  if (!Buffer.isBuffer(bytes)) throw lockFileInvalid(file, ` is ${bytes}.`);
  let value: unknown;
  try {
    value = parseJson(bytes.toString('utf8'));
  } catch (cause) {
    throw lockFileInvalid(file, ` ${(cause as Error).message}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw lockFileInvalid(file, `: ${describeIssues(parsed.error)}`);
  return parsed.data.plugins;
}

/** The text of a lock file, its entries sorted; equal plugins give equal bytes. */
export function formatLockFile(plugins: LockedPlugins): string {
  const sorted = Object.fromEntries(Object.entries(plugins).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format: 1, plugins: sorted }, null, 2)}\n`;
}

/** What is there instead of a lock file: its text, empty for what is none, undefined for nothing. */
export async function readLockText(file: string): Promise<string | undefined> {
  const bytes = await readBounded(file, MAX_BYTES).catch(() => '');
  return bytes === 'absent' ? undefined : Buffer.isBuffer(bytes) ? bytes.toString('utf8') : '';
}

/** Compares the resolution with the lock. Throws PLUGIN_LOCK_MISMATCH with every difference, also in `details.differences`. */
export function assertLocked(file: string, locked: LockedPlugins, found: LockedPlugins): void {
  const differences = [...new Set([...Object.keys(locked), ...Object.keys(found)])].sort().flatMap((text) => {
    const before = Object.hasOwn(locked, text) ? locked[text] : undefined;
    const now = Object.hasOwn(found, text) ? found[text] : undefined;
    if (!before) return [`${text} is listed but not locked`];
    if (!now) return [`${text} is locked but not listed`];
    const fields = ['identity', 'version', 'digest', 'integrity', 'content'] as const;
    return fields
      .filter((field) => now[field] !== before[field] && !(field === 'content' && now.content === undefined))
      .slice(0, 1)
      .map((field) => `${text} is locked to ${field} ${before[field] ?? 'none'} and now has ${now[field] ?? 'none'}`);
  });
  if (differences.length === 0) return;
  throw lockMismatch(file, differences);
}

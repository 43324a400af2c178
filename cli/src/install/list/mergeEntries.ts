import { redactAddress } from '@stagedoor/bundle';
import { listedTwice } from '../errors';
import { isEnabled, type Entry } from './entry';
import type { Faults } from './faults';
import { formOf, parseOciText, plainKey } from './packageText';

/** An entry that stands for itself: overridden, with its key. */
export interface KeyedEntry extends Entry {
  key: string;
}

/** The entries of one level, one for each key. */
interface Level {
  entries: KeyedEntry[];
  /** By key, what two enabled entries of it are. */
  twice: Map<string, string>;
}

/**
 * Lays the entries of the main file over included ones of the same key, field by field, in the order in which the keys
 * first occur. An image without a path counts as the one plugin of that image. At one level, an enabled entry wins over
 * disabled ones of its key, and the others go to `warnings`. Malformed OCI texts go to `faults`, those of disabled entries
 * to `warnings`. Throws PLUGIN_LISTED_TWICE for a plugin that is to be installed and has two enabled entries at one level.
 */
export function mergeEntries(
  included: readonly Entry[],
  main: readonly Entry[],
  faults: Faults,
  warnings: string[],
): KeyedEntry[] {
  const keyOf = keys([...included, ...main], faults, warnings);
  const levels = [included, main].map((entries) => levelOf(entries, keyOf, warnings));
  const merged = new Map<string, KeyedEntry>();
  for (const entry of levels.flatMap(({ entries }) => entries)) {
    const base = merged.get(entry.key);
    merged.set(entry.key, base ? override(base, entry) : entry);
  }
  const twice: string[] = [];
  for (const [key, text] of levels.flatMap((level) => [...level.twice])) {
    if (isEnabled(merged.get(key)!)) twice.push(text);
    else warnings.push(`${text} is listed twice; it is disabled and left out.`);
  }
  if (twice.length > 0) throw listedTwice(twice);
  return [...merged.values()];
}

function override(base: KeyedEntry, entry: KeyedEntry): KeyedEntry {
  const { enabled, disabled, ...rest } = base;
  const decided = entry.enabled !== undefined || entry.disabled !== undefined;
  const stillWrong = Object.entries(base.faults).filter(([field]) => !Object.hasOwn(entry, field));
  return {
    ...rest,
    ...(!decided && { enabled, disabled }),
    ...entry,
    faults: { ...Object.fromEntries(stillWrong), ...entry.faults },
  };
}

/** The key of each entry; undefined for what has none. */
function keys(entries: readonly Entry[], faults: Faults, warnings: string[]): (entry: Entry) => string | undefined {
  const paths = new Map<string, Set<string>>();
  for (const entry of entries) {
    const oci = parseOciText(entry.package);
    if (oci?.path !== undefined) paths.set(oci.image, (paths.get(oci.image) ?? new Set()).add(oci.path));
  }
  return (entry) => {
    if (formOf(entry.package) !== 'oci') return plainKey(entry.package);
    const oci = parseOciText(entry.package);
    const known = [...(paths.get(oci?.image ?? '') ?? [])];
    if (oci && (oci.path !== undefined || known.length <= 1)) return `${oci.image}!${oci.path ?? known[0] ?? ''}`;
    const fault = oci
      ? `${redactAddress(entry.package)} names no plugin, and others of that image are named: ${known.join(', ')}`
      : `${redactAddress(entry.package)} is not oci://host/name:tag or oci://host/name@sha256:…, with !path where it holds several`;
    if (isEnabled(entry)) faults.add(entry.where, fault);
    else warnings.push(`${entry.where}: ${fault}; it is disabled and left out.`);
    return undefined;
  };
}

function levelOf(entries: readonly Entry[], keyOf: (entry: Entry) => string | undefined, warnings: string[]): Level {
  const winners = new Map<string, KeyedEntry>();
  const twice = new Map<string, string>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    const other = winners.get(key);
    const shown = redactAddress(entry.package);
    if (!other) winners.set(key, { ...entry, key });
    else if (isEnabled(other) && isEnabled(entry)) twice.set(key, `${other.where} and ${entry.where}: ${shown}`);
    else {
      const loser = isEnabled(entry) ? other : entry;
      if (loser === other) winners.set(key, { ...entry, key });
      const winner = loser === other ? entry : other;
      warnings.push(`${loser.where}: ${shown} is listed at ${winner.where} too; this entry is disabled and left out.`);
    }
  }
  return { entries: [...winners.values()], twice };
}

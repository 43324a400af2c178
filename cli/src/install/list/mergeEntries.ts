import { StagedoorError, redactAddress } from '@stagedoor/bundle';
import type { Entry } from './entry';
import type { Faults } from './faults';
import { formOf, parseOciText, plainKey } from './packageText';

/** An entry that stands for itself: overridden, with its key. */
export interface KeyedEntry extends Entry {
  key: string;
}

/** Whether an entry is to be installed; `enabled` wins, and without either it is. */
export function isEnabled({ enabled, disabled }: Pick<Entry, 'enabled' | 'disabled'>): boolean {
  return enabled ?? disabled !== true;
}

/**
 * Lays the entries of the main file over included ones of the same key, field by field, in the order in which the keys
 * first occur. An image without a path counts as the one plugin of that image. Malformed OCI texts go to `faults`, those of
 * disabled entries to `warnings`. Throws PLUGIN_LISTED_TWICE for a key that occurs twice among the included entries or in
 * the main file.
 */
export function mergeEntries(
  included: readonly Entry[],
  main: readonly Entry[],
  faults: Faults,
  warnings: string[],
): KeyedEntry[] {
  const keyOf = keys([...included, ...main], faults, warnings);
  const levels = [included, main].map((entries) =>
    entries.flatMap((entry) => {
      const key = keyOf(entry);
      return key === undefined ? [] : [{ ...entry, key }];
    }),
  );
  throwIfTwice(levels);
  const merged = new Map<string, KeyedEntry>();
  for (const entry of levels.flat()) {
    const base = merged.get(entry.key);
    merged.set(entry.key, base ? override(base, entry) : entry);
  }
  return [...merged.values()];
}

function override(base: KeyedEntry, entry: KeyedEntry): KeyedEntry {
  const { enabled, disabled, ...rest } = base;
  const decided = entry.enabled !== undefined || entry.disabled !== undefined;
  return { ...rest, ...(!decided && { enabled, disabled }), ...entry };
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

function throwIfTwice(levels: ReadonlyArray<readonly KeyedEntry[]>): void {
  const faults = levels.flatMap((entries) => {
    const first = new Map<string, KeyedEntry>();
    return entries.flatMap((entry) => {
      const other = first.get(entry.key);
      if (other) return [`${other.where} and ${entry.where}: ${entry.package}`];
      first.set(entry.key, entry);
      return [];
    });
  });
  if (faults.length > 0) throw new StagedoorError('PLUGIN_LISTED_TWICE', faults.join('\n'));
}

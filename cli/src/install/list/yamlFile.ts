import { readBounded } from '@stagedoor/bundle';
import { basename } from 'node:path';
import type { Document, LineCounter, Pair } from 'yaml';
import { listRefused, listUnreadable } from '../errors';
import type { Faults } from './faults';
import { parseYaml } from './parseYaml';

/** A ConfigMap, the largest thing that such a file usually comes from, holds no more. */
const MAX_BYTES = 1024 * 1024;
/** What aliases may make of a file, as a factor; the same the parser takes by itself. */
const MAX_ALIASES = 100;
/** What a file, or a list with all that it includes, may hold: text, or what aliases make of it. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024;
/** What a value without a text counts for. */
const VALUE_BYTES = 8;

/** A YAML file as plain data. */
export interface YamlFile {
  /** Base name, for messages. */
  name: string;
  /** Undefined for an empty file. */
  value: unknown;
  /** Bytes of its text or of what aliases make of that, whichever is more. */
  size: number;
  /** `name:line` of what is at `path`, or of what is next above it. */
  where(path: readonly PropertyKey[]): string;
}

/**
 * Reads an untrusted YAML file: of at most 1 MB, as {@link parseYaml} takes it, and with aliases that
 * make no more than 4 MiB of it. Faults of the text go to `faults`, and the value is then undefined. Returns undefined if there
 * is no file. Throws PLUGIN_LIST_INVALID for a path that is not a file or cannot be read.
 */
export async function readYamlFile(file: string, faults: Faults): Promise<YamlFile | undefined> {
  const bytes = await readBounded(file, MAX_BYTES).catch((cause: Error) => {
    throw listUnreadable(file, cause);
  });
  if (bytes === 'absent') return undefined;
  if (bytes === 'not-a-file' || bytes === 'too-large') {
    const what = bytes === 'too-large' ? `is larger than ${MAX_BYTES} bytes` : 'is not a file';
    throw listRefused(file, what);
  }
  const name = basename(file);
  const { document, lines, faults: found } = await parseYaml(bytes.toString('utf8'));
  for (const { offset, message } of found) faults.add(`${name}:${lines.linePos(offset).line}`, message);
  const value = found.length === 0 ? plain(document, name, faults) : undefined;
  const size = Math.max(bytes.length, sizeOf(value));
  return { name, value, size, where: locate(document, lines, name) };
}

function plain(document: Document, name: string, faults: Faults): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? undefined;
    // An anchor may hold itself: what walks the value later would not come to an end.
    if (sizeOf(value) <= MAX_LIST_BYTES) return value;
    throw new Error(`its aliases make more than ${MAX_LIST_BYTES} bytes of it`);
  } catch (error) {
    faults.add(name, (error as Error).message);
    return undefined;
  }
}

/** Characters of all texts in a value, each as often as it occurs; counting ends beyond what a list may hold. */
function sizeOf(value: unknown): number {
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0 && size <= MAX_LIST_BYTES) {
    const next = open.pop();
    size += typeof next === 'string' ? next.length : VALUE_BYTES;
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, member] of Object.entries(next)) {
      size += Array.isArray(next) ? 0 : key.length;
      open.push(member);
    }
  }
  return size;
}

function locate(document: Document, lines: LineCounter, name: string): YamlFile['where'] {
  const members = new WeakMap<object, Map<unknown, unknown>>();
  const memberOf = (node: unknown, key: PropertyKey): unknown => {
    const items = (node as { items?: unknown[] } | null)?.items;
    if (!items) return undefined;
    if (typeof key === 'number') return items[key];
    // Once for each map: there may be as many questions as there are keys.
    const known =
      members.get(items) ?? new Map((items as Pair[]).map((pair) => [String(pair.key), pair.value ?? pair.key]));
    members.set(items, known);
    return known.get(key);
  };
  return (path) => {
    let found: [number, number, number] | undefined;
    let node: unknown = document.contents;
    for (const key of [undefined, ...path]) {
      if (key !== undefined) node = memberOf(node, key);
      if (node === undefined) break;
      found = (node as { range?: [number, number, number] } | null)?.range ?? found;
    }
    return found ? `${name}:${lines.linePos(found[0]).line}` : name;
  };
}

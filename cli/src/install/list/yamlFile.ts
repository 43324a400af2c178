import { StagedoorError, readBounded } from '@stagedoor/bundle';
import { basename } from 'node:path';
import type { Document, LineCounter } from 'yaml';
import type { Faults } from './faults';

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
 * Reads a YAML file that nobody vouches for: of at most 1 MB, one document, without the key `__proto__`, and with aliases
 * that make no more than 4 MiB of it. Faults of the text go to `faults`, and the value is then undefined. Returns undefined where there
 * is no file. Throws PLUGIN_LIST_INVALID for what is no file or cannot be read.
 */
export async function readYamlFile(file: string, faults: Faults): Promise<YamlFile | undefined> {
  const bytes = await readBounded(file, MAX_BYTES).catch((cause: Error) => {
    throw new StagedoorError('PLUGIN_LIST_INVALID', `${file}: ${cause.message}`, { cause });
  });
  if (bytes === 'absent') return undefined;
  if (bytes === 'not-a-file' || bytes === 'too-large') {
    const what = bytes === 'too-large' ? `is larger than ${MAX_BYTES} bytes` : 'is not a file';
    throw new StagedoorError('PLUGIN_LIST_INVALID', `${file} ${what}.`);
  }
  // Imported late: no other command reads YAML this way.
  const { LineCounter, parseDocument, visit } = await import('yaml');
  const name = basename(file);
  const lines = new LineCounter();
  const document: Document = parseDocument(bytes.toString('utf8'), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${name}:${lines.linePos(offset).line}`;
  for (const { pos, message } of document.errors) faults.add(at(pos[0]), message);
  let usable = document.errors.length === 0;
  visit(document, {
    Pair: (_, { key }) => {
      const scalar = key as { value?: unknown; range?: [number, number, number] } | null;
      if (scalar?.value !== '__proto__') return;
      faults.add(at(scalar.range?.[0] ?? 0), 'the key __proto__ is not accepted');
      usable = false;
    },
  });
  const value = usable ? plain(document, name, faults) : undefined;
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
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return `${name}:${lines.linePos(node.range[0]).line}`;
    }
    return name;
  };
}

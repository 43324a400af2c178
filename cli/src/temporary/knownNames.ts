import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

/** By temporary folder, what a reader knows what is in it as; kept for as long as this process runs, as messages outlive folders. */
const names = new Map<string, string>();

/** Has messages show what lies in the temporary folder `dir` as in `known`; with '' by its path in there alone. */
export function nameFolder(dir: string, known: string): void {
  names.set(dir, known);
  try {
    names.set(realpathSync(dir), known);
  } catch {
    // It is not there any more, or not yet.
  }
}

/** A text in which what lies in temporary folders has the names that its reader knows. */
export function withKnownNames(text: string): string {
  let shown = text;
  for (const [dir, known] of names) {
    if (!shown.includes(dir)) continue;
    shown = shown.replaceAll(dir + sep, known && known + sep).replaceAll(dir, known || 'a temporary folder');
  }
  return shown;
}

/** Plain data with such texts. */
export function dataWithKnownNames<T>(value: T): T {
  return names.size === 0 ? value : (JSON.parse(JSON.stringify(value), textWithKnownNames) as T);
}

function textWithKnownNames(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? withKnownNames(value) : value;
}

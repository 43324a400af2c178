import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { HoistReason } from './decisions';
import type { OutputModule } from './modules';

/** `__dirname` and its relatives; the build writes `__bundleUrl` for `import.meta.url`. */
const OWN_PLACE = /\b(__dirname|__filename|__bundleUrl)\b/g;
/** `join(__dirname, 'a', 'b')` with literals only, whatever the function is called. */
const LITERAL_JOIN = /\(\s*__dirname\s*((?:,\s*(?:"[^"\\]*"|'[^'\\]*')\s*)+)\)/y;
/** `__dirname + '/a'`. */
const LITERAL_SUM = /__dirname\s*\+\s*("[^"\\]*"|'[^'\\]*')(?!\s*\+)/y;
const OPENING = /(\(\s*)$/;

/**
 * Why a module only works beside the other files of its package; undefined when bundling cannot break it. A path made
 * of literals counts if it exists, anything computed counts always.
 */
export function ownFileUse({ file, code }: OutputModule): HoistReason | undefined {
  for (const match of code.matchAll(OWN_PLACE)) {
    const before = code.slice(0, match.index);
    if (/typeof\s+$/.test(before)) continue;
    const path = match[1] === '__dirname' ? literalPath(code, match.index, before) : undefined;
    if (path === undefined) return { reason: 'finds files beside its own code', whole: true };
    if (existsSync(join(dirname(file), path)))
      return { reason: `reads its own ${posix.normalize(path).replace(/^\//, '')}`, whole: false };
  }
  return /\brequire\.resolve\(/.test(code) ? { reason: 'resolves modules by itself', whole: false } : undefined;
}

function literalPath(code: string, index: number, before: string): string | undefined {
  LITERAL_SUM.lastIndex = index;
  const sum = LITERAL_SUM.exec(code);
  if (sum?.[1]) return unquote(sum[1]);
  LITERAL_JOIN.lastIndex = index - (OPENING.exec(before)?.[1]?.length ?? 0);
  const joined = LITERAL_JOIN.exec(code);
  return joined?.[1]?.split(',').map(unquote).join('/');
}

function unquote(literal: string): string {
  return literal.trim().replace(/^["']|["']$/g, '');
}

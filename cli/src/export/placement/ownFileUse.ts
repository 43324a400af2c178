import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { assetsAt, codeAt } from './assetFiles';
import type { InstalledPackage } from '../source/installedPackage';
import { withoutComments, type OutputModule } from '../bundle/outputModules';

/** How a module uses the place that it lies in. */
export interface OwnFileUse {
  /** As one clause for people. */
  reason: string;
  /** Its package must come along with all its files, not only those that can be traced. */
  whole: boolean;
  /** Files that it runs or requires by path, absolute: they are traced too. */
  code: string[];
  /** Where all that it wants is data: these files, absolute. It then works in any place that has them. */
  assets?: string[];
}

// The build writes `__bundleDir`, `__bundleFile` and `__bundleUrl` for `__dirname`, `__filename` and `import.meta.url`,
// not in strings. A variable that a module itself declares by such a name is taken for one.
/** The folder of the module, as ES modules compute it. */
const COMPUTED_DIRNAME = /(?:\(0, )?[\w$.]*\bdirname\)?\(\s*\(0, [\w$]+\.fileURLToPath\)\(__bundleUrl\)\s*\)/g;
const DIRNAME_ALIAS = /(?:^|[\s;,])(?:(?:var|let|const) )?([\w$]+) = __bundleDir;/g;
const RELATIVE_URL = /new (?:import_[\w$]+\.)?URL\(\s*("\.[^"\\]*")\s*,\s*__bundleUrl\s*\)/g;
const MENTIONS_PLACE = /\b__bundle(?:Dir|File|Url)\b|\brequire\.resolve\(/;
const OWN_PLACE = /(?<![\w$.])(__bundleDir|__bundleFile|__bundleUrl)\b/g;
/** `join(__bundleDir, 'a', 'b')` with literals only, whatever the function is called. */
const LITERAL_JOIN = /\(\s*__bundleDir\s*((?:,\s*(?:"[^"\\]*"|'[^'\\]*')\s*)+)\)/y;
/** `__bundleDir + '/a'`. */
const LITERAL_SUM = /__bundleDir\s*\+\s*("[^"\\]*"|'[^'\\]*')(?!\s*\+)/y;
/** `${__dirname}/a` as a whole template. */
const LITERAL_TEMPLATE = /`\$\{__bundleDir\}([^`$\\]*)`/y;
const OPENING = /(\(\s*)$/;
/** Asking whether there is such a thing, or comparing it, reads no file. */
const HARMLESS_BEFORE = /(?:typeof|!)\s*$/;
const HARMLESS_AFTER = /^\s*[=!]==?\s*/;

/**
 * Why a module only works beside other files of its package; undefined when bundling cannot break it. A path made of
 * literals counts if it exists, anything computed counts always.
 */
export function ownFileUse({ file, owner, code }: OutputModule): OwnFileUse | undefined {
  if (!MENTIONS_PLACE.test(code)) return undefined;
  const text = withDirname(withoutComments(code));
  const paths: string[] = [];
  for (const match of text.matchAll(OWN_PLACE)) {
    const after = text.slice(match.index + match[0].length);
    const before = text.slice(0, match.index);
    if (HARMLESS_BEFORE.test(before) || HARMLESS_AFTER.test(after)) continue;
    const path = match[1] === '__bundleDir' ? literalPath(text, match.index, before) : undefined;
    if (path === undefined) return { reason: 'finds files beside its own code', whole: true, code: [] };
    paths.push(path);
  }
  return usedPaths(file, owner, paths) ?? resolvesByItself(text);
}

function usedPaths(file: string, owner: InstalledPackage, paths: string[]): OwnFileUse | undefined {
  const use: Required<OwnFileUse> = { reason: '', whole: false, code: [], assets: [] };
  let onlyAssets = true;
  for (const path of paths) {
    const target = join(dirname(file), path);
    const code = codeAt(target);
    if (code === undefined && !existsSync(target)) continue;
    use.reason ||= `reads its own ${posix.normalize(path).replace(/^\//, '')}`;
    const assets = assetsAt(target, owner.dir);
    if (code) use.code.push(code);
    else if (assets === undefined) use.whole = true;
    if (assets && !code) use.assets.push(...assets);
    else onlyAssets = false;
  }
  if (!use.reason) return undefined;
  return onlyAssets ? use : { ...use, assets: undefined };
}

function resolvesByItself(text: string): OwnFileUse | undefined {
  return /\brequire\.resolve\(/.test(text)
    ? { reason: 'resolves modules by itself', whole: false, code: [] }
    : undefined;
}

/** Code that is found only when it runs: requires of what was computed, workers, child processes. */
const LOADS_CODE =
  /\b(require|import)\((?!")|[=(,]\s*require\s*[;,)]|\bWorker\d*\)?\(|\bfork\d*\)?\(|createRequire\d*\)?\(|require\.resolve\(|\bmodule\.(require|paths|parent)\b/;

/** True when the module may run code files that it names at runtime. */
export function loadsCode({ code }: OutputModule): boolean {
  return LOADS_CODE.test(code) && LOADS_CODE.test(withoutComments(code));
}

/** Writes the ways in which ES modules spell `__dirname` in one way. */
function withDirname(code: string): string {
  let text = code.replace(COMPUTED_DIRNAME, '__bundleDir').replace(RELATIVE_URL, 'join(__bundleDir, $1)');
  for (const [definition, alias] of [...text.matchAll(DIRNAME_ALIAS)]) {
    if (alias === '__bundleDir') continue;
    const name = alias!.replaceAll('$', '\\$');
    text = text.replace(definition, ';').replace(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g'), '__bundleDir');
  }
  return text;
}

function literalPath(code: string, index: number, before: string): string | undefined {
  LITERAL_SUM.lastIndex = index;
  const sum = LITERAL_SUM.exec(code);
  if (sum?.[1]) return unquote(sum[1]);
  LITERAL_TEMPLATE.lastIndex = index - '`${'.length;
  const template = LITERAL_TEMPLATE.exec(code);
  if (template?.[1] !== undefined) return template[1];
  LITERAL_JOIN.lastIndex = index - (OPENING.exec(before)?.[1]?.length ?? 0);
  const joined = LITERAL_JOIN.exec(code);
  return joined?.[1]?.split(',').map(unquote).join('/');
}

function unquote(literal: string): string {
  return literal.trim().replace(/^["']|["']$/g, '');
}

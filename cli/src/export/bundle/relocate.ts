import { join, posix, relative, sep } from 'node:path';
import type { Output } from './bundlePlugin';
import { embeddedPath } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { dirnameShim } from './esbuild/dirnameShim';
import type { InstalledPackage } from '../source/installedPackage';
import type { CodeFile } from './outputModules';

type Kind = 'Dir' | 'File' | 'Url';

const PLACE = /\b__bundle(Dir|File|Url)\b/g;
const RELOCATED = /\b__own(?:Dir|File|Url)(\w{3})\b/g;

/**
 * Gives `__dirname` and its relatives, in the modules that find files of their package from where they lie, the values
 * that they have in the package. Works on the finished output, in which it puts names of the same length, defined in the
 * line that esbuild put first: all else stays where it is, so source maps hold.
 */
export async function relocateModules(built: Output, context: ExportContext): Promise<Output> {
  const files = new Map(built.files);
  const relocated = async (file: CodeFile): Promise<CodeFile> => {
    const moved = await relocateFile(file, context);
    files.set(file.path, moved.content);
    return moved;
  };
  const main = await relocated(built.main);
  const scripts = await Promise.all(built.scripts.map(relocated));
  return { ...built, files, main, scripts };
}

async function relocateFile({ path, content, parts }: CodeFile, context: ExportContext): Promise<CodeFile> {
  const { plan, decisions } = context;
  const names = freeNames(content);
  const top = posix.relative(posix.dirname(path), '.') || '.';
  const definitions: string[] = [];
  const edits: Array<{ at: number; name: string }> = [];
  for (const { input, start, end } of parts) {
    const file = join(plan.workspace.root, input);
    const owner = decisions.relocated.get(file);
    const found = owner ? await placesIn(content.toString('utf8', start, end)) : [];
    if (!owner || found.length === 0) continue;
    const number = names.next().value;
    const used = new Set<Kind>();
    [...content.toString('latin1', start, end).matchAll(PLACE)].forEach(({ index, 1: kind }, nth) => {
      if (!found.includes(nth)) return;
      used.add(kind as Kind);
      edits.push({ at: start + index, name: `__own${kind}${number}` });
    });
    const place = JSON.stringify(placeOf({ file, owner, top }, context));
    definitions.push(...[...used].sort().map((kind) => `__own${kind}${number} = ${VALUES[kind](place)}`));
  }
  if (definitions.length === 0) return { path, content, parts };
  const head = content.indexOf(dirnameShim.banner(path)) + dirnameShim.banner(path).length;
  const inserted = Buffer.from(` const ${definitions.join(', ')};`);
  const moved = Buffer.concat([content.subarray(0, head), inserted, content.subarray(head)]);
  for (const { at, name } of edits) moved.write(name, at + inserted.length, 'latin1');
  const shifted = parts.map(({ input, start, end }) => ({
    input,
    start: start + inserted.length,
    end: end + inserted.length,
  }));
  return { path, content: moved, parts: shifted };
}

const VALUES: Record<Kind, (file: string) => string> = {
  Dir: (file) => `require("node:path").join(__bundleDir, ${file}, "..")`,
  File: (file) => `require("node:path").join(__bundleDir, ${file})`,
  Url: (file) => `require("node:url").pathToFileURL(require("node:path").join(__bundleDir, ${file})).href`,
};

/** From the folder of an output file, itself `top` below the top of the bundle, to where the source file would lie. */
function placeOf(
  { file, owner, top }: { file: string; owner: InstalledPackage; top: string },
  { plan, decisions }: ExportContext,
): string {
  const folder = decisions.assets.get(owner.dir)?.to ?? embeddedPath(owner.name);
  const inPackage = relative(owner.dir, file).split(sep).join('/');
  return posix.join(top, owner.dir === plan.dir ? '' : folder, inPackage);
}

/**
 * Which of the matches of PLACE in a module are what the build wrote for `__dirname` and its relatives: not part of a
 * string, a comment or a longer name. esbuild tells: it puts something else where they are.
 */
async function placesIn(code: string): Promise<number[]> {
  const marks: string[] = [];
  const marked = code.replace(PLACE, () => {
    const mark = `__place_${marks.length}_`;
    marks.push(mark);
    return mark;
  });
  if (marks.length === 0) return [];
  const { transform } = await import('esbuild');
  const define = Object.fromEntries(marks.map((mark) => [mark, 'place']));
  const { code: left } = await transform(marked, { define, charset: 'utf8' });
  return marks.flatMap((mark, nth) => (left.includes(mark) ? [] : [nth]));
}

/** Three characters each, in order, of which the output has no name yet. */
function* freeNames(content: Buffer): Generator<string, never> {
  const taken = new Set(
    content.includes('__own') ? [...content.toString('latin1').matchAll(RELOCATED)].map(([, number]) => number) : [],
  );
  for (let number = 0; ; number++) {
    const name = number.toString(36).padStart(3, '0');
    if (!taken.has(name)) yield name;
  }
}

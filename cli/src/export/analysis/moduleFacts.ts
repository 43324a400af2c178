import { readFile } from 'node:fs/promises';
import { lateLoads, type LateLoads } from './loads';
import { calledName, literalText, parseModule, type ParsedModule } from './parseModule';
import { placeUse, type PlaceUse } from './places';

/** What the syntax tree of a module says about files and code that it only reaches at run time. */
export interface ModuleFacts extends LateLoads, PlaceUse {
  /** Packages whose files it asks for with `resolvePackagePath`; undefined for a name that is computed. */
  asksForFilesOf: Array<string | undefined>;
  /** How names of files end in its code: `.md`, `.d.ts`. */
  endings: string[];
}

const NOTHING: ModuleFacts = {
  within: [],
  paths: [],
  folders: [],
  anywhere: false,
  resolves: false,
  starts: false,
  asksForFilesOf: [],
  endings: [],
};
/** Imports that a bundler follows. */
const FOLLOWED = /(?<![\w$.])(?:require|import)\s*\(\s*(?:"[^"\\\n]*"|'[^'\\\n]*')\s*\)/g;
/** A module without any of these words, in any place, can do none of what is looked for. */
const WORDS =
  /\b(?:require|__dirname|__filename|import\.meta|eval|createRequire|resolvePackagePath|mainModule|_load|_resolveFilename|dlopen)\b|\bFunction\s*\(|\bimport\s*\(|\bWorker\b|\bfork\b|\bmodule\s*\.\s*(?:paths|filename|path|constructor)\b/;

/** Analyses modules by their syntax trees, each once. */
export class ModuleAnalyser {
  readonly #facts = new Map<string, Promise<ModuleFacts>>();

  /** The facts about the module in `file`, an absolute path. */
  of(file: string): Promise<ModuleFacts> {
    const known = this.#facts.get(file) ?? analyse(file);
    this.#facts.set(file, known);
    return known;
  }

  /** The facts about several modules, in their order. */
  async ofAll(files: readonly string[]): Promise<ModuleFacts[]> {
    return await Promise.all(files.map((file) => this.of(file)));
  }
}

async function analyse(file: string): Promise<ModuleFacts> {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return NOTHING;
  const source = await readFile(file, 'utf8');
  if (!WORDS.test(source.replace(FOLLOWED, ''))) return NOTHING;
  const module = await parseModule(file, source);
  if (!module) return NOTHING;
  const loads = lateLoads(file, module);
  return { ...loads, ...placeUse(file, module), asksForFilesOf: assetPackages(module), endings: endingsIn(module) };
}

/** How the name of a file ends, types apart from other TypeScript. */
export function endingOf(name: string): string | undefined {
  return /(?:\.d)?\.[a-z]+$/i.exec(name)?.[0];
}

function endingsIn({ nodes }: ParsedModule): string[] {
  const texts = nodes.map(({ node }) =>
    node.type === 'TemplateLiteral' ? node.quasis.at(-1)!.value.cooked : literalText(node),
  );
  // A text with spaces is a message.
  return [...new Set(texts.flatMap((text) => (text && !/\s/.test(text) ? (endingOf(text) ?? []) : [])))];
}

function assetPackages({ nodes }: ParsedModule): Array<string | undefined> {
  return nodes.flatMap(({ node }) =>
    node.type === 'CallExpression' && calledName(node.callee) === 'resolvePackagePath'
      ? [literalText(node.arguments[0])]
      : [],
  );
}

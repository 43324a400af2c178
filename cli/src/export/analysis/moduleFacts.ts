import { readFile } from 'node:fs/promises';
import { lateLoads, type LateLoads } from './loads';
import { calledName, literalText, parseModule, type ParsedModule } from './parseModule';
import { placeUse, type PlaceUse } from './places';

/** What the syntax tree of a module says about files and code that it only reaches at run time. */
export interface ModuleFacts extends LateLoads, PlaceUse {
  /** Packages whose files it asks for with `resolvePackagePath`; undefined for a name that is computed. */
  asksForFilesOf: Array<string | undefined>;
}

const NOTHING: ModuleFacts = {
  within: [],
  paths: [],
  anywhere: false,
  resolves: false,
  starts: false,
  asksForFilesOf: [],
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
  return { ...lateLoads(file, module), ...placeUse(file, module), asksForFilesOf: assetPackages(module) };
}

function assetPackages({ nodes }: ParsedModule): Array<string | undefined> {
  return nodes.flatMap(({ node }) =>
    node.type === 'CallExpression' && calledName(node.callee) === 'resolvePackagePath'
      ? [literalText(node.arguments[0])]
      : [],
  );
}

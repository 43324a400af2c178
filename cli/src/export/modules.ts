import { join } from 'node:path';
import type { Output } from './bundle';
import type { InstalledPackage, PackageFinder } from './installedPackage';
import type { Plan } from './plan';

/** One source module as it stands in the output file. */
export interface OutputModule {
  /** Absolute path of the source. */
  file: string;
  owner: InstalledPackage;
  /** Its code in the output: imports resolved, most comments removed. */
  code: string;
  /** Line of the output, from 1, where it starts. */
  line: number;
}

const MARKER = /^\s*\/\/ (.+)$/gm;

/** Cuts the output into the modules it came from, by the path comments that esbuild writes. */
export function outputModules(plan: Plan, built: Output, finder: PackageFinder): OutputModule[] {
  const text = Buffer.from(built.files.get(built.codeFile)!).toString('utf8');
  const marks = [...text.matchAll(MARKER)].filter(([, path]) => path! in built.output.inputs);
  const modules: OutputModule[] = [];
  let line = 1;
  let counted = 0;
  marks.forEach((mark, position) => {
    line += text.slice(counted, mark.index).split('\n').length - 1;
    counted = mark.index;
    const file = join(plan.workspace.root, mark[1]!);
    const owner = isVirtual(mark[1]!) ? undefined : finder.ofFile(file);
    if (owner) modules.push({ file, owner, code: text.slice(mark.index, marks[position + 1]?.index), line });
  });
  return modules;
}

const COMMENT_LINES = /^[ \t]*(?:\*(?:[\s/]|$)|\/\*\*|\/\/).*$/gm;

/** Code without the comments that esbuild keeps, those on members of classes: they show examples. */
export function withoutComments(code: string): string {
  return code.replace(COMMENT_LINES, '');
}

/** True for the inputs that the packager itself adds: esbuild writes `<namespace>:<path>`. */
export function isVirtual(input: string): boolean {
  return /^stagedoor[a-z-]*:/.test(input);
}

import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import type { InstalledPackage } from '../source/installedPackage';
import type { ExportContext } from '../plan/exportContext';

/** A file of a build that holds code, and where in it that of each input lies. */
export interface CodeFile {
  /** Bundle path. */
  path: string;
  content: Buffer;
  parts: Array<{
    /** As the metafile names it. */
    input: string;
    /** Bytes of `content`. */
    start: number;
    end: number;
  }>;
}

/** One source module as it stands in an output file. */
export class OutputModule {
  #code: string | undefined;

  constructor(
    /** Absolute path of the source. */
    readonly file: string,
    readonly owner: InstalledPackage,
    private readonly content: Buffer,
    /** Where in the output file it starts, in bytes. */
    readonly start: number,
    private readonly end: number,
  ) {}

  /** Its code in the output: imports resolved, most comments removed. */
  get code(): string {
    return (this.#code ??= this.content.toString('utf8', this.start, this.end));
  }
}

const MARKER = /^\/\/ (.+)$/gm;

/** Cuts an output file into what came from each input, by the path comments that esbuild writes. */
export function cutCode(path: string, bytes: Uint8Array, inputs: Metafile['outputs'][string]['inputs']): CodeFile {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // One character per byte, which is several times as fast to get and to search as the text itself.
  const marks = [...content.toString('latin1').matchAll(MARKER)]
    .map(({ 1: name, index }) => ({ input: Buffer.from(name!, 'latin1').toString('utf8'), start: index }))
    .filter(({ input }) => input in inputs);
  const parts = marks.map((mark, position) => ({ ...mark, end: marks[position + 1]?.start ?? content.length }));
  return { path, content, parts };
}

/** The modules of one file of a build. */
export function modulesOf({ content, parts }: CodeFile, { plan, finder }: ExportContext): OutputModule[] {
  return parts.flatMap(({ input, start, end }) => {
    const file = join(plan.workspace.root, input);
    const owner = isVirtual(input) ? undefined : finder.ofFile(file);
    return owner ? [new OutputModule(file, owner, content, start, end)] : [];
  });
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

import { readFile, stat } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { sep } from 'node:path';

/** A frame of a stack: file, line and column. */
const FRAME = /((?:file:\/\/)?(\/[^\s():]+\.[cm]?js)):(\d+):(\d+)/g;
const MAX_MAP_BYTES = 16 * 1024 * 1024;

/** The text of a stack with places in the sources of a plugin instead of those in its bundle, for files below `stateDirectory`. */
export async function mapStack(text: string, stateDirectory: string): Promise<string> {
  const frames = [...text.matchAll(FRAME)].filter(([, , file]) => file!.startsWith(stateDirectory + sep));
  const maps = new Map<string, SourceMap | undefined>();
  for (const [, , file] of frames) if (!maps.has(file!)) maps.set(file!, await mapOf(file!));
  return text.replaceAll(FRAME, (frame, _url: string, file: string, line: string, column: string) => {
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return frame;
    return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** The source map beside a file; undefined if there is none that can be read. */
async function mapOf(file: string): Promise<SourceMap | undefined> {
  try {
    const path = `${file}.map`;
    if ((await stat(path)).size > MAX_MAP_BYTES) return undefined;
    return new SourceMap(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

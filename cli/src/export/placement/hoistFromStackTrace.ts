import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { isStagedoorError } from '@stagedoor/bundle';
import type { Build } from '../bundle/bundleContents';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';

const FILE_IS_MISSING = /ENOENT|Cannot find (module|package)|ERR_INVALID_ARG_VALUE|no such file/;
const OUTPUT_FRAME = /(dist[\\/][\w.]+\.cjs\.js):(\d+):(\d+)/g;

/**
 * Hoists the inlined package whose code, by the stack of a failed start check, looked for a file that is not there.
 * Undefined when the check failed for another reason, or when no package but the plugin is on the stack.
 */
export function hoistFromStackTrace(
  error: unknown,
  build: Build,
  { plan, finder }: ExportContext,
): Decision | undefined {
  if (!isStagedoorError(error)) return undefined;
  const cause = error.cause instanceof Error ? `${error.cause.message}\n${error.cause.stack ?? ''}` : '';
  const text = `${error.message}\n${String(error.details?.importer ?? '')}\n${cause}`;
  if (error.code !== 'MODULE_NOT_FOUND' && !FILE_IS_MISSING.test(text)) return undefined;
  const { main, files } = build.output;
  const map = new SourceMap(JSON.parse(Buffer.from(files.get(`${main}.map`)!).toString()) as SourceMapPayload);
  for (const [, file, line, column] of text.matchAll(OUTPUT_FRAME)) {
    const found = file!.replace('\\', '/') === main && map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!found || !('originalSource' in found)) continue;
    const source = join(plan.dir, 'dist-dynamic', 'dist', found.originalSource);
    const owner = build.contents.inlined.get(finder.ofFile(source)?.dir ?? '');
    if (!owner) continue;
    const reason = { code: 'fails-start-check', text: 'does not start when bundled' } as const;
    return { kind: 'hoist', package: owner.package, files: owner.files, whole: true, dependencies: true, reason };
  }
  return undefined;
}

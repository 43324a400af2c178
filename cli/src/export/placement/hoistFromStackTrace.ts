import { isStagedoorError } from '@stagedoor/bundle';
import type { Build } from '../bundle/bundleContents';
import { modulesOf } from '../bundle/outputModules';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';

const FILE_IS_MISSING = /ENOENT|Cannot find (module|package)|ERR_INVALID_ARG_VALUE|no such file/;
const OUTPUT_FRAME = /(dist[\\/][\w.]+\.cjs\.js):(\d+)/g;

/**
 * Hoists the inlined package whose code, by the stack of a failed start check, looked for a file that is not there.
 * Undefined when the check failed for another reason, or when no package but the plugin is on the stack.
 */
export function hoistFromStackTrace(error: unknown, build: Build, context: ExportContext): Decision | undefined {
  if (!isStagedoorError(error)) return undefined;
  const cause = error.cause instanceof Error ? `${error.cause.message}\n${error.cause.stack ?? ''}` : '';
  const text = `${error.message}\n${String(error.details?.importer ?? '')}\n${cause}`;
  if (error.code !== 'MODULE_NOT_FOUND' && !FILE_IS_MISSING.test(text)) return undefined;
  const { main } = build.output;
  const modules = modulesOf(main, context);
  for (const [, file, line] of text.matchAll(OUTPUT_FRAME)) {
    if (file!.replace('\\', '/') !== main.path) continue;
    const at = startOfLine(main.content, Number(line));
    const module = modules.findLast(({ start }) => start <= at);
    const owner = module && build.contents.inlined.get(module.owner.dir);
    if (!owner) continue;
    const reason = { code: 'fails-start-check', text: 'does not start when bundled' } as const;
    return { kind: 'hoist', package: owner.package, files: owner.files, whole: true, reason };
  }
  return undefined;
}

/** Where the line, counted from 1, starts, in bytes. */
function startOfLine(content: Buffer, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = content.indexOf('\n', start) + 1;
  return start;
}

import { isStagedoorError } from '@stagedoor/bundle';
import type { Build } from './settle';
import type { Decisions } from '../plan/decisions';
import type { PackageFinder } from '../source/installedPackage';
import { modulesOf } from '../bundle/outputModules';
import type { Plan } from '../plan/plan';

const FILE_IS_MISSING = /ENOENT|Cannot find (module|package)|ERR_INVALID_ARG_VALUE|no such file/;
const OUTPUT_FRAME = /(dist[\\/][\w.]+\.cjs\.js):(\d+)/g;

/**
 * Hoists the inlined package whose code, by the stack of a failed verification, looked for a file that is not there.
 * Returns false when the failure is of another kind or no package but the plugin is on the stack.
 */
export function hoistSuspect(
  error: unknown,
  plan: Plan,
  build: Build,
  finder: PackageFinder,
  decisions: Decisions,
): boolean {
  if (!isStagedoorError(error)) return false;
  const cause = error.cause instanceof Error ? `${error.cause.message}\n${error.cause.stack ?? ''}` : '';
  const text = `${error.message}\n${String(error.details?.importer ?? '')}\n${cause}`;
  if (error.code !== 'MODULE_NOT_FOUND' && !FILE_IS_MISSING.test(text)) return false;
  const { main } = build.output;
  const modules = modulesOf(plan, main, finder);
  for (const [, file, line] of text.matchAll(OUTPUT_FRAME)) {
    if (file!.replace('\\', '/') !== main.path) continue;
    const at = startOfLine(main.content, Number(line));
    const module = modules.findLast(({ start }) => start <= at);
    const owner = module && build.contents.inlined.get(module.owner.dir);
    if (owner) return decisions.hoist(owner, { reason: 'does not start when bundled', whole: true });
  }
  return false;
}

/** Where the line, counted from 1, starts, in bytes. */
function startOfLine(content: Buffer, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = content.indexOf('\n', start) + 1;
  return start;
}

import { join } from 'node:path';
import type { BuildFailure } from 'esbuild';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled } from '../source/installedPackage';

/** What esbuild says of a computed name in which it sees a pattern, and that matches no file. */
const UNMATCHED_GLOB = /^Could not resolve (?:require|import)\(/;

/**
 * Hoists the installed packages of a failed build that load files by a pattern of names where none is there, as optional native parts
 * are: Node.js asks for the file when the code runs, and the code is prepared for its absence.
 */
export function unmatchedGlobs(failure: BuildFailure, { plan, finder }: ExportContext): Decision[] {
  return failure.errors.flatMap(({ text, location }): Decision[] => {
    const file = location && join(plan.workspace.root, location.file);
    const owner = file && UNMATCHED_GLOB.test(text) ? finder.ofFile(file) : undefined;
    if (!owner || !isInstalled(owner.dir) || owner.dir === plan.dir) return [];
    const reason = { code: 'code-by-name', text: 'loads code by names that only exist at run time' } as const;
    return [{ kind: 'hoist', package: owner, files: [file!], whole: true, dependencies: true, reason }];
  });
}

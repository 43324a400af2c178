import type { BuildFailure } from 'esbuild';
import { join } from 'node:path';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';

const TOP_LEVEL_AWAIT = /top-level await/i;

/**
 * Hoists the installed packages of a failed build that use top-level await. Decides nothing when the build failed for
 * another reason as well.
 */
export function topLevelAwait(failure: BuildFailure, { plan, finder }: ExportContext): Decision[] {
  const decisions: Decision[] = [];
  for (const { text, location } of failure.errors) {
    const file = location && join(plan.workspace.root, location.file);
    const owner = file ? finder.ofFile(file) : undefined;
    if (!TOP_LEVEL_AWAIT.test(text) || !file || !owner || owner.dir === plan.dir) return [];
    const reason = { code: 'top-level-await', text: 'uses top-level await' } as const;
    decisions.push({ kind: 'hoist', package: owner, files: [file], whole: false, reason });
  }
  return decisions;
}

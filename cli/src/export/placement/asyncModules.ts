import type { BuildFailure } from 'esbuild';
import { join } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import type { Output } from '../bundle/bundlePlugin';
import type { Decisions } from '../plan/decisions';
import { HOISTED_NAMESPACE } from '../bundle/esbuild/externals';
import { isInstalled, packageOfImport, type PackageFinder } from '../source/installedPackage';
import { isVirtual } from '../bundle/outputModules';
import type { Plan } from '../plan/plan';

const TOP_LEVEL_AWAIT = /top-level await/i;
const REASON = 'uses top-level await';
const IMPORTS_ASYNC = /^imports (.+), which uses top-level await$/;

/** Hoists the installed packages of a failed build that use top-level await; false when it failed for another reason. */
export function excludeAsync(failure: BuildFailure, plan: Plan, finder: PackageFinder, decisions: Decisions): boolean {
  let changed = false;
  for (const { text, location } of failure.errors) {
    const file = location && join(plan.workspace.root, location.file);
    const owner = file ? finder.ofFile(file) : undefined;
    if (!TOP_LEVEL_AWAIT.test(text) || !file || !owner || owner.dir === plan.dir) return false;
    changed = decisions.hoist({ package: owner, files: [file] }, { reason: REASON, whole: false }) || changed;
  }
  return changed;
}

/**
 * Hoists the packages that import one with top-level await statically: in the bundle that would become a `require`.
 * Throws BUILD_FAILED where the plugin itself does so. Returns true when that calls for another build.
 */
export function excludeAsyncImporters(
  plan: Plan,
  { inputs, output }: Output,
  finder: PackageFinder,
  decisions: Decisions,
): boolean {
  const waiting = [...decisions.hoisted.values()].filter(
    ({ reason }) => reason === REASON || IMPORTS_ASYNC.test(reason),
  );
  if (waiting.length === 0) return false;
  let changed = false;
  for (const path of Object.keys(output.inputs).filter((input) => !isVirtual(input))) {
    const imported = (inputs[path]?.imports ?? [])
      .filter(({ kind }) => kind === 'import-statement' || kind === 'require-call')
      .map((entry) => packageOfImport(entry.path.replace(`${HOISTED_NAMESPACE}:`, '')));
    const async = waiting.find(({ as }) => imported.includes(as));
    const file = join(plan.workspace.root, path);
    const owner = async && finder.ofFile(file);
    if (!async || !owner) continue;
    if (!isInstalled(owner.dir) || owner.dir === plan.dir) throw staticImport(path, async.package.name);
    const reason = `imports ${async.package.name}, which uses top-level await`;
    changed = decisions.hoist({ package: owner, files: [file] }, { reason, whole: false }) || changed;
  }
  return changed;
}

function staticImport(path: string, name: string): StagedoorError {
  return new StagedoorError(
    'BUILD_FAILED',
    `${path}: ${name} uses top-level await and cannot be imported statically.`,
    {
      hint: `Import it where it is needed: const { … } = await import('${name}').`,
    },
  );
}

import { join } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import { HOISTED_NAMESPACE } from '../bundle/esbuild/externals';
import { isVirtual } from '../bundle/virtualInputs';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled, packageOfOutputImport } from '../source/installedPackage';
import type { InspectedBuild } from './rule';

/**
 * Hoists the packages that statically import one with top-level await: in the bundle that would become a `require`.
 * Throws BUILD_FAILED where the plugin itself does so.
 */
export function* importsTopLevelAwait(
  { output: { inputs, output } }: InspectedBuild,
  { plan, finder, decisions }: ExportContext,
): Iterable<Decision> {
  const waiting = [...decisions.hoisted.values()].filter(
    ({ reason }) => reason.code === 'top-level-await' || reason.code === 'imports-top-level-await',
  );
  if (waiting.length === 0) return;
  for (const path of Object.keys(output.inputs).filter((input) => !isVirtual(input))) {
    const imported = (inputs[path]?.imports ?? [])
      .filter(({ kind }) => kind === 'import-statement' || kind === 'require-call')
      .map((entry) => packageOfOutputImport(entry.path.replace(`${HOISTED_NAMESPACE}:`, '')));
    const async = waiting.find(({ as }) => imported.includes(as));
    const file = join(plan.workspace.root, path);
    const owner = async && finder.ofFile(file);
    if (!async || !owner) continue;
    if (!isInstalled(owner.dir) || owner.dir === plan.dir) throw staticImport(path, async.package.name);
    const text = `imports ${async.package.name}, which uses top-level await`;
    const reason = { code: 'imports-top-level-await', text } as const;
    yield { kind: 'hoist', package: owner, files: [file], whole: false, reason };
  }
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

import { join, relative } from 'node:path';
import type { Build } from '../bundle/bundleContents';
import { isVirtual } from '../bundle/virtualInputs';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled } from '../source/installedPackage';

/**
 * One warning about the sources of the plugin and of its workspace that load code by names that only exist at run time: they
 * have no place in node_modules that their files could be loaded from.
 */
export async function ownLateCode(
  { output }: Pick<Build, 'output'>,
  { plan, finder, analyser, decisions }: ExportContext,
): Promise<string[]> {
  const found: string[] = [];
  for (const path of Object.keys(output.output.inputs).filter((input) => !isVirtual(input))) {
    const file = join(plan.workspace.root, path);
    const owner = finder.ofFile(file);
    const own = owner && (owner.dir === plan.dir || !isInstalled(owner.dir));
    // A package that asks for its own folder gets the place in the bundle.
    if (!own || decisions.relocated.has(file)) continue;
    if ((await analyser.of(file)).computed !== undefined) found.push(relative(plan.dir, file));
  }
  if (found.length === 0) return [];
  return [
    `${found.sort().join(', ')} ${found.length === 1 ? 'loads' : 'load'} code by names that only exist at run time. ` +
      'Packages that are meant can be carried with --hoist <name>; import files of the plugin itself by a literal path.',
  ];
}

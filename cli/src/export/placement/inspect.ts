import { join } from 'node:path';
import { readContents } from '../bundle/bundleContents';
import type { Output } from '../bundle/bundlePlugin';
import { isVirtual } from '../bundle/virtualInputs';
import type { ExportContext } from '../plan/exportContext';
import type { InspectedBuild, InspectedModule } from './rule';

/** A build with what rules ask about it; its modules are analysed when the first rule wants them. */
export function inspect(output: Output, context: ExportContext): InspectedBuild {
  let modules: Promise<InspectedModule[]> | undefined;
  return {
    output,
    contents: readContents(output, context),
    modules: () => (modules ??= analyse(output, context)),
  };
}

async function analyse({ output }: Output, { plan, finder, analyser }: ExportContext): Promise<InspectedModule[]> {
  const used = Object.entries(output.inputs).filter(
    ([path, { bytesInOutput }]) => !isVirtual(path) && bytesInOutput > 0,
  );
  const modules = used.map(async ([path]) => {
    const file = join(plan.workspace.root, path);
    const owner = finder.ofFile(file);
    return owner ? [{ file, owner, facts: await analyser.of(file) }] : [];
  });
  return (await Promise.all(modules)).flat();
}

import { build } from 'esbuild';
import { findEntries, otherEntries, type Entry } from '../plan/entries';
import type { ExportedPackage } from '../plan/plan';

/**
 * The entry points of a frontend plugin that may have a feature: those with a default export, which is all that apps look at. All
 * entry points where none has one, or where that cannot be told. Throws MAIN_*.
 */
export async function featureEntries({ dir, pkg }: ExportedPackage): Promise<Entry[]> {
  const entries = [...findEntries(dir, pkg), ...otherEntries(dir, pkg)];
  const found = await Promise.all(entries.map(async (entry) => ((await hasDefault(dir, entry)) ? [entry] : [])));
  const withDefault = found.flat();
  return withDefault.length > 0 ? withDefault : findEntries(dir, pkg);
}

/** Whether a module exports a default, through however many files; true where the build of the remote is to say what is wrong. */
async function hasDefault(dir: string, { file }: Entry): Promise<boolean> {
  try {
    const { metafile } = await build({
      absWorkingDir: dir,
      entryPoints: [file],
      outdir: 'out',
      bundle: true,
      write: false,
      metafile: true,
      packages: 'external',
      format: 'esm',
      jsx: 'automatic',
      logLevel: 'silent',
      plugins: [
        { name: 'scripts only', setup: ({ onLoad }) => onLoad({ filter: NO_SCRIPT }, () => ({ contents: '' })) },
      ],
    });
    const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
    return output?.exports.includes('default') ?? true;
  } catch {
    return true;
  }
}

const NO_SCRIPT = /\.(?![cm]?[jt]sx?$|json$)[^./\\]+$/;

import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import type { InspectedBuild } from './rule';

/** The inlined packages that `--hoist` matches. */
export function forcedHoists({ contents }: InspectedBuild, { plan }: ExportContext): Decision[] {
  return [...contents.inlined.values()]
    .filter((entry) => plan.forced.get(entry.package.name) === 'hoist')
    .map((entry) => ({
      kind: 'hoist',
      package: entry.package,
      files: entry.files,
      whole: true,
      reason: { code: 'asked-for', text: 'asked for with --hoist' },
    }));
}

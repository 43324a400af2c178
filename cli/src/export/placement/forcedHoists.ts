import type { Decision } from '../plan/decisions';
import type { Plan } from '../plan/plan';

/** The packages that `--hoist` matches, whether or not anything imports them, with all that they need. */
export function forcedHoists({ askedFor }: Plan): Decision[] {
  return askedFor.map((asked) => ({
    kind: 'hoist',
    ...asked,
    files: [],
    whole: true,
    dependencies: true,
    reason: { code: 'asked-for', text: 'asked for with --hoist' },
  }));
}

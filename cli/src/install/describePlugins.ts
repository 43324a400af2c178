import { redactAddress } from '@stagedoor/bundle';
import type { Ready } from './fetchAll';
import type { Planned } from './resolveAll';
import { entryName } from './root/store';
import type { InstalledPlugin } from './result';

/** What became of every planned plugin; without `ready`, what is known of it before. */
export function describePlugins(planned: readonly Planned[], ready: readonly Ready[]): InstalledPlugin[] {
  return planned.map((plan): InstalledPlugin => {
    const { plugin, resolved, keep, previous } = plan;
    const fetched = ready.find((candidate) => candidate.plan === plan);
    const version = keep?.version ?? fetched?.checked.version ?? resolved.version;
    const entry = keep ? entryName(keep.name) : fetched?.entry;
    const signedBy = fetched?.checked.signedBy;
    return {
      action: keep ? 'kept' : previous ? 'changed' : 'added',
      package: redactAddress(plugin.package),
      key: resolved.key,
      identity: resolved.identity,
      ...(version !== undefined && { version }),
      ...(!keep && previous && { previous: previous.version }),
      ...(entry !== undefined && { entry }),
      ...(signedBy && { signedBy }),
    };
  });
}

import type { AppError } from '@backstage/frontend-app-api';
import { createExtension, createFrontendModule, type FrontendModule } from '@backstage/frontend-plugin-api';
import type { RemoteFeatures } from './origins';
import { noteFailure } from './pageRemotes';
import { tryApp } from './tryApp';
import { leaveOut, sortFaults, type Setup, type SortedFaults } from './wiring';

/**
 * The remotes with which Backstage shows the app of `setup` rather than its error page. An extension that throws is disabled;
 * if that does not help, the remote is left out. Every reason is recorded.
 */
export async function fitRemotes(setup: Setup, remotes: readonly RemoteFeatures[]): Promise<readonly RemoteFeatures[]> {
  if (remotes.length === 0) return [];
  const own = await ownFaults(setup);
  const off = new Set<string>();
  let fit = remotes;
  // Each round leaves out a remote, or switches off an extension that was on.
  for (;;) {
    const { faults, wired } = await faultsWith(setup, fit, own);
    if (faults === undefined || faults.fatal.length > 0) {
      const without =
        faults && faults.possibleSources.length > 0 ? faults.possibleSources : await unfit(setup, wired, own);
      leaveOut(without, faults?.fatal[0] ?? new Error('The app cannot be wired with it.'));
      fit = wired.filter((remote) => !without.includes(remote));
    } else if (faults.broken.length > 0) fit = withoutBroken(wired, faults.broken, off);
    else return wired;
    if (fit.length === 0) return [];
  }
}

/** What is wrong with the app by itself is for Backstage to show. */
async function ownFaults(setup: Setup): Promise<ReadonlySet<string>> {
  try {
    return new Set((await tryApp(setup, [])).errors.map(keyOf));
  } catch {
    return new Set();
  }
}

interface Tried {
  /** Undefined if Backstage gave up. */
  faults: SortedFaults | undefined;
  wired: readonly RemoteFeatures[];
}

async function faultsWith(setup: Setup, remotes: readonly RemoteFeatures[], own: ReadonlySet<string>): Promise<Tried> {
  try {
    const { errors, remotes: wired } = await tryApp(setup, remotes);
    const theirs = errors.filter((error) => !own.has(keyOf(error)));
    return { faults: sortFaults(theirs, wired), wired };
  } catch (error) {
    console.error('The app cannot be wired with its frontend plugins.', error);
    return { faults: undefined, wired: remotes };
  }
}

/** Those with which alone the app cannot be shown; all of them where none is at fault alone. */
async function unfit(
  setup: Setup,
  remotes: readonly RemoteFeatures[],
  own: ReadonlySet<string>,
): Promise<readonly RemoteFeatures[]> {
  const found: RemoteFeatures[] = [];
  for (const remote of remotes) {
    const { faults } = await faultsWith(setup, [remote], own);
    if (faults === undefined || faults.fatal.length > 0) found.push(remote);
  }
  return found.length > 0 ? found : remotes;
}

/** Without the extensions that are broken, or without the remotes of which that cannot be. */
function withoutBroken(
  remotes: readonly RemoteFeatures[],
  broken: SortedFaults['broken'],
  off: Set<string>,
): RemoteFeatures[] {
  const dropped = new Set<RemoteFeatures>();
  const added = new Map<RemoteFeatures, FrontendModule[]>();
  for (const { error, owner } of broken) {
    const node = 'node' in error.context ? error.context.node : undefined;
    const pluginId = node?.spec.plugin.pluginId;
    const module = node && pluginId && !off.has(node.spec.id) ? switchedOff(node.spec.id, pluginId) : undefined;
    if (!module) {
      leaveOut([owner], error);
      dropped.add(owner);
      continue;
    }
    noteFailure(owner.remote.packageName, error.message);
    off.add(node!.spec.id);
    added.set(owner, [...(added.get(owner) ?? []), module]);
  }
  return remotes
    .filter((remote) => !dropped.has(remote))
    .map((remote) => ({ ...remote, features: [...remote.features, ...(added.get(remote) ?? [])] }));
}

/** Takes the place of the extension `id` of a plugin and does nothing; undefined if the id is not made as Backstage makes it. */
function switchedOff(id: string, pluginId: string): FrontendModule | undefined {
  const [kind, rest] = id.includes(':')
    ? [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)]
    : [undefined, id];
  if (rest !== pluginId && !rest.startsWith(`${pluginId}/`)) return undefined;
  const name = rest === pluginId ? undefined : rest.slice(pluginId.length + 1);
  const nothing = createExtension({
    ...(kind !== undefined && { kind }),
    ...(name !== undefined && { name }),
    attachTo: { id: 'app/root', input: 'elements' },
    disabled: true,
    output: [],
    factory: () => [],
  });
  return createFrontendModule({ pluginId, extensions: [nothing] });
}

function keyOf({ code, message }: AppError): string {
  return `${code} ${message}`;
}

import type { StagedoorError } from '@stagedoor/bundle';
import type { CodeCache } from '../compile/codeCache';
import type { RootServices } from '../host/rootServices';
import type { Policy } from '../policy/policy';
import { unitsOf, type Contribution } from '../composition/contribution';
import { contributionOf } from './contributionOf';
import { packageDirs, type StagedBundle } from '../stage/stagedBundle';
import { timed } from '../observability/timing/timed';
import { deadline } from '../deadline';
import { isolatedFromStaticPlugin, isolationMixed, loadTimedOut } from './errors';
import type { OpenExceptions } from './openExceptions';

/** The part of the process host that resolving a bundle uses; see `ProcessHost`. */
interface Inspector {
  /** Loads a bundle in a separate process and returns what it registers. */
  inspect(bundle: StagedBundle): Promise<Pick<Contribution, 'pluginIds' | 'modules'>>;
  /** Ends the process that inspected a bundle. */
  forget(bundle: StagedBundle): void;
  /** Where the settings place a plugin that a bundle provides or extends. */
  isolationOf(pluginId: string, bundleName: string): 'in-process' | 'process';
}

/** Inputs that decide where a bundle's code runs. */
export interface ResolveOptions {
  services: RootServices;
  /** Compiles large bundles ahead; undefined if that does not help. */
  code?: CodeCache;
  /** Whether the portal serves requests, which must not wait while code compiles. */
  serving: boolean;
  policy: Policy;
  /** Undefined if every plugin runs in the portal. */
  processes: Inspector | undefined;
  /** Exceptions of isolation that name no bundles. */
  exceptions: OpenExceptions;
  /** Ids of the static plugins, which always run in the portal. */
  staticIds: readonly string[];
  /** Time limit for loading the code of a bundle, in milliseconds. */
  startTimeoutMs: number;
}

/**
 * Loads a bundle in the place where it will run, and returns its contribution. Throws the codes of {@link contributionOf} and
 * of {@link Inspector.inspect}, and ISOLATION_IMPOSSIBLE for one that would have to run in the portal and may not.
 */
export async function resolveBundle(bundle: StagedBundle, options: ResolveOptions): Promise<Contribution> {
  const { processes } = options;
  if (!processes) return resolveHere(bundle, options);
  // Independent of what it declares: its code has not run yet, and may not run here first.
  const registered = await timed('inspect', undefined, () => processes.inspect(bundle));
  const { name: owner } = bundle;
  const { modules } = registered;
  const dirs = packageDirs(bundle);
  const part = { owner, modules, features: [], services: [], packageDirs: dirs, bundle, isolated: bundle };
  const isolated = { ...registered, part };
  const misplaced = isolationFault(isolated, options);
  const ids = unitsOf(isolated);
  const isolate = ids.some((id) => mustIsolate(id, owner, options));
  for (const id of ids) if (!admits(id, owner, options)) options.exceptions.tellRefused(id, owner);
  if (!misplaced && isolate) return isolated;
  processes.forget(bundle);
  if (misplaced && isolate) throw misplaced;
  await options.exceptions.use(ids, owner);
  const contribution = await resolveHere(bundle, options);
  const fault = isolationFault(contribution, options);
  if (fault) throw fault;
  return contribution;
}

async function resolveHere(bundle: StagedBundle, options: ResolveOptions): Promise<Contribution> {
  const { services, policy, code, serving, startTimeoutMs } = options;
  const late = (): Error => loadTimedOut(bundle.name, startTimeoutMs);
  const prepared = await code?.prepare(bundle, { serving });
  try {
    return await deadline(contributionOf(bundle, services, policy), startTimeoutMs, late);
  } finally {
    prepared?.dispose();
  }
}

/** The error for a bundle that cannot run where the settings place it: it extends a static plugin, or would be in two places. */
function isolationFault({ part, ...brought }: Contribution, options: ResolveOptions): StagedoorError | undefined {
  const ids = unitsOf({ part, ...brought });
  const misplaced = ids.find((id) => mustIsolate(id, part.owner, options) !== (part.isolated !== undefined));
  const staticPlugin = ids.find((id) => isStatic(id, options) && mustIsolate(id, part.owner, options));
  const intended = (id: string): string[] => [...new Set([...options.exceptions.users(id), part.owner])];
  if (staticPlugin !== undefined) return isolatedFromStaticPlugin(part.owner, staticPlugin, intended(staticPlugin));
  return misplaced === undefined ? undefined : isolationMixed(part.owner, ids, misplaced, intended(misplaced));
}

function mustIsolate(pluginId: string, bundleName: string, options: ResolveOptions): boolean {
  return options.processes!.isolationOf(pluginId, bundleName) === 'process' || !admits(pluginId, bundleName, options);
}

function admits(pluginId: string, bundleName: string, { exceptions, serving }: ResolveOptions): boolean {
  return exceptions.admits(pluginId, bundleName, { serving });
}

function isStatic(pluginId: string, { staticIds }: ResolveOptions): boolean {
  return staticIds.includes(pluginId);
}

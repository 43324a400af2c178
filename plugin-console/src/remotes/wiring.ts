import {
  prepareSpecializedApp,
  type AppError,
  type PrepareSpecializedAppOptions,
  type PreparedSpecializedApp,
  type SpecializedAppSessionState,
} from '@backstage/frontend-app-api';
import type { ConfigApi, FrontendFeature } from '@backstage/frontend-plugin-api';
import { messageOf } from './loadRemote';
import type { RemoteFeatures } from './origins';
import { noteFailure } from './pageRemotes';

/** What an app is made of without its remotes. */
export interface Setup {
  config: ConfigApi;
  own: readonly FrontendFeature[];
  bindRoutes: PrepareSpecializedAppOptions['bindRoutes'];
  advanced: PrepareSpecializedAppOptions['advanced'];
}

/** An app that is made of its own features and those of remotes, before anybody signed in. */
export interface WiredApp {
  prepared: PreparedSpecializedApp;
  remotes: readonly RemoteFeatures[];
}

/** Faults that cost nothing but what is at fault: Backstage itself continues after them. */
const HARMLESS = new Set<AppError['code']>([
  'EXTENSION_IGNORED',
  'INVALID_EXTENSION_CONFIG_KEY',
  'EXTENSION_INPUT_DATA_IGNORED',
  'EXTENSION_INPUT_INTERNAL_IGNORED',
  'EXTENSION_OUTPUT_IGNORED',
  'EXTENSION_BOOTSTRAP_PREDICATE_IGNORED',
  'EXTENSION_BOOTSTRAP_API_UNAVAILABLE',
  'FEATURE_FLAG_INVALID',
]);

/** Wires the app; remotes with which that is not possible are left out and noted. `session` is that of an app before. */
export function wireApp(
  setup: Setup,
  remotes: readonly RemoteFeatures[],
  session?: SpecializedAppSessionState,
): WiredApp {
  const wire = (chosen: readonly RemoteFeatures[]): WiredApp => {
    const prepared = prepareSpecializedApp({
      features: [...setup.own, ...chosen.flatMap((remote) => remote.features)],
      config: setup.config,
      bindRoutes: setup.bindRoutes,
      advanced: { ...setup.advanced, ...(session && { sessionState: session }) },
    });
    prepared.getBootstrapApp();
    return { prepared, remotes: chosen };
  };
  try {
    return wire(remotes);
  } catch (error) {
    if (remotes.length === 0) throw error;
    const fit = remotes.filter((remote) => {
      try {
        wire([remote]);
        return true;
      } catch (fault) {
        leaveOut([remote], fault);
        return false;
      }
    });
    if (fit.length === remotes.length) leaveOut(remotes, error);
    return wireApp(setup, fit.length === remotes.length ? [] : fit, session);
  }
}

/** The faults of an app that was wired, by whose they are. */
export interface SortedFaults {
  /** Those of plugins of remotes, if Backstage does not continue after them. */
  broken: Array<{ error: AppError; owner: RemoteFeatures }>;
  /** Those that belong to no remote. */
  faults: AppError[];
  /** Of these, those that Backstage does not continue after. */
  fatal: AppError[];
  /** The remotes that change the plugins which those are of. */
  possibleSources: RemoteFeatures[];
}

/** Sorts the faults of an app that was wired with `remotes`. */
export function sortFaults(errors: readonly AppError[], remotes: readonly RemoteFeatures[]): SortedFaults {
  const broken: SortedFaults['broken'] = [];
  const faults: AppError[] = [];
  for (const error of errors) {
    const owner = remotes.find((remote) => brings(remote, '@backstage/FrontendPlugin', pluginOf(error)));
    if (!owner) faults.push(error);
    else if (!HARMLESS.has(error.code)) broken.push({ error, owner });
  }
  const fatal = faults.filter(({ code }) => !HARMLESS.has(code));
  const possibleSources = remotes.filter((remote) =>
    fatal.some((error) => brings(remote, '@backstage/FrontendModule', pluginOf(error))),
  );
  return { broken, faults, fatal, possibleSources };
}

/** What is to be done about the faults of an app that was wired. */
export interface Verdict {
  /** The remotes without which the app is to be wired again; none if it can be shown. */
  without: readonly RemoteFeatures[];
  /** Faults that belong to no remote. */
  faults: AppError[];
}

/**
 * Records the errors of remotes. A failed extension of a remote's own plugin is only missing from the page; a failed
 * extension of another plugin may prevent the page, so its possible sources are left out.
 */
export function judge(errors: readonly AppError[], remotes: readonly RemoteFeatures[]): Verdict {
  const { broken, faults, fatal, possibleSources } = sortFaults(errors, remotes);
  for (const { error, owner } of broken) noteFailure(owner.remote.packageName, error.message);
  if (fatal.length === 0 || remotes.length === 0) return { without: [], faults };
  const without = possibleSources.length > 0 ? possibleSources : remotes;
  leaveOut(without, fatal[0]);
  return { without, faults };
}

/** The remotes that an error came from, as its stack tells; all of them where it does not. */
export function blame(error: Error, remotes: readonly RemoteFeatures[]): readonly RemoteFeatures[] {
  const blamed = remotes.filter(({ remote }) => error.stack?.includes(`/remotes/${remote.packageName}/`));
  const without = blamed.length > 0 ? blamed : remotes;
  leaveOut(without, error);
  return without;
}

/** Notes that an app does not run with remotes. */
export function leaveOut(remotes: readonly RemoteFeatures[], fault: unknown): void {
  for (const { remote } of remotes) noteFailure(remote.packageName, doesNotRun(fault));
}

/** What is noted of a remote with which an app does not run. */
export function doesNotRun(fault: unknown): string {
  return `The app does not run with it: ${messageOf(fault)}`;
}

function brings({ features: brought }: RemoteFeatures, type: string, pluginId: string | undefined): boolean {
  return brought.some((feature) => (feature.$$type as string) === type && feature.pluginId === pluginId);
}

function pluginOf({ context }: AppError): string | undefined {
  if ('node' in context && context.node.spec.plugin) return context.node.spec.plugin.pluginId;
  if ('plugin' in context) return context.plugin.pluginId;
  return 'pluginId' in context ? context.pluginId : undefined;
}

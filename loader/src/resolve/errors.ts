import { StagedoorError } from '@stagedoor/bundle';

export function loadTimedOut(name: string, timeoutMs: number): StagedoorError {
  return new StagedoorError('START_TIMEOUT', `${name} did not load within ${timeoutMs / 1000} s.`);
}

export function mainOutside(name: string, main: unknown): StagedoorError {
  return new StagedoorError('MAIN_OUTSIDE', `main of ${name} is outside the bundle: ${String(main)}`);
}

export function mainLinksOutside(name: string, main: unknown): StagedoorError {
  return new StagedoorError('MAIN_OUTSIDE', `main of ${name} is a link to a file outside the bundle: ${String(main)}`);
}

export function mainMissing(name: string, main: unknown): StagedoorError {
  return new StagedoorError('MAIN_MISSING', `main of ${name} does not exist: ${String(main)}`, {
    hint: 'The bundle is incomplete. Install it again or install another version, or ask its author to export it again.',
  });
}

export function moduleNotFound(name: string, why: string, cause: Error): StagedoorError {
  return new StagedoorError('MODULE_NOT_FOUND', `${name} could not be loaded: ${why}`, { cause });
}

export function loadFailed(name: string, why: string, cause: Error): StagedoorError {
  return new StagedoorError('LOAD_FAILED', `${name} could not be loaded: ${why}`, { cause });
}

export function legacyBackend(name: string, exported: string): StagedoorError {
  return new StagedoorError('LEGACY_BACKEND', `${name} uses the old backend system: it exports only ${exported}.`);
}

export function notAFeature(name: string, exported: string): StagedoorError {
  return new StagedoorError(
    'NOT_A_FEATURE',
    `The default export of ${name} is not a backend feature (it exports ${exported}).`,
  );
}

export function noPluginId(name: string): StagedoorError {
  return new StagedoorError('NO_PLUGIN_ID', `${name} registers neither a plugin nor a module.`);
}

export function pluginIdInvalid(name: string, id: unknown): StagedoorError {
  return new StagedoorError('PLUGIN_ID_INVALID', `${name} registers the invalid id ${JSON.stringify(id)}.`);
}

/**
 * Some plugins of the bundle run in the portal and some in processes; `misplaced` does not run where the bundle is. `intended`: the
 * bundles that may run in the portal for it, with this one.
 */
export function isolationMixed(
  owner: string,
  ids: readonly string[],
  misplaced: string,
  intended: readonly string[],
): StagedoorError {
  const message = `${owner} belongs to plugins that run in different places: ${ids.join(', ')}.`;
  return new StagedoorError('ISOLATION_IMPOSSIBLE', message, { hint: inProcessHint(misplaced, intended) });
}

/** A static plugin cannot leave the portal, and the settings keep the bundle out of it. */
export function isolatedFromStaticPlugin(owner: string, id: string, intended: readonly string[]): StagedoorError {
  const message = `${owner} extends the static plugin '${id}', but the settings do not let ${owner} run in the portal.`;
  return new StagedoorError('ISOLATION_IMPOSSIBLE', message, { hint: inProcessHint(id, intended) });
}

function inProcessHint(id: string, packages: readonly string[]): string {
  return `If its code may run in the portal, set dynamicPlugins.plugins.${id}.isolation to in-process, with packages: [${packages.join(', ')}].`;
}

import { StagedoorError, isBackendRole, type PackageJson } from '@stagedoor/bundle';
import type { StateFile } from './stateFile';
import { FAILED_STATES, type PluginStatus } from './states';

/** Id of Backstage's permission plugin. */
const PERMISSION = 'permission';

/** What is known of the bundles that may set a policy. */
export interface PolicyBundles {
  statuses: readonly PluginStatus[];
  state: Pick<StateFile, 'names' | 'get'>;
  /** Of the drop that counts; undefined where none could be read. */
  packageJson(name: string): PackageJson | undefined;
  loaded(name: string): boolean;
}

/**
 * Names of the bundles that are to set a permission policy and do not run, though nobody disabled or removed them: those that say
 * that they extend the permission plugin or bring another one, and those that extended the permission plugin, or brought it, when they served last. What is damaged may say nothing.
 */
export function failedPolicies({ statuses, state, packageJson, loaded }: PolicyBundles): string[] {
  const announced = statuses.filter(({ name, state: now }) => {
    const { role, pluginId } = packageJson(name)?.backstage ?? {};
    return FAILED_STATES.has(now) && isBackendRole(role ?? '') && pluginId === PERMISSION;
  });
  const remembered = state.names().filter((name) => {
    const { holds = [], disabled } = state.get(name);
    return !disabled && holds.some((claim) => claim === PERMISSION || claim.startsWith(`${PERMISSION}/`));
  });
  const names = new Set([...announced.map(({ name }) => name), ...remembered]);
  return [...names].filter((name) => !loaded(name)).sort();
}

/** What is said of one of {@link failedPolicies}. */
export function policyMissing(name: string): StagedoorError {
  return new StagedoorError('POLICY_MISSING', `${name} sets the permission policy and does not run.`);
}

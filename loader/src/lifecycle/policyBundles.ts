import { isBackendRole, type PackageJson } from '@stagedoor/bundle';
import type { StateFile } from './stateFile';
import { FAILED_STATES, type RecordedStatus } from './states';

/** Id of Backstage's permission plugin. */
const PERMISSION = 'permission';

/** Records of the bundles that may set a policy. */
export interface PolicyBundles {
  statuses: readonly RecordedStatus[];
  state: Pick<StateFile, 'names' | 'get'>;
  /** Of the drop that takes precedence; undefined if it cannot be read. */
  packageJson(name: string): PackageJson | undefined;
  loaded(name: string): boolean;
}

/**
 * Names of the bundles that should set a permission policy and are not running, although nobody disabled or removed them:
 * those that declare that they extend or replace the permission plugin, and those that did so when they last served. A
 * damaged bundle may declare nothing.
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

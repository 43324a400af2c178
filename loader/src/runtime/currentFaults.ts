import type { StagedoorError } from '@stagedoor/bundle';
import { policyMissing } from '../lifecycle/errors';
import { failedPolicies } from '../lifecycle/policyBundles';
import type { RuntimeParts } from './runtimeParts';

/** The errors that keep the portal from following its drops. */
export function currentFaults(parts: Pick<RuntimeParts, 'dynamic' | 'registry' | 'phase'>): StagedoorError[] {
  const fault = parts.dynamic?.drops.rootFault;
  const policies = parts.phase.booted ? missingPolicies(parts) : [];
  return [...(fault ? [fault] : []), ...policies.map(policyMissing)];
}

/** Bundles that should set a permission policy and are not running, although nobody disabled or removed them. */
export function missingPolicies({ dynamic, registry }: Pick<RuntimeParts, 'dynamic' | 'registry'>): string[] {
  if (!dynamic) return [];
  const { state, drops, bundles } = dynamic;
  return failedPolicies({
    statuses: registry.list(),
    state,
    packageJson: (name) => drops.winner(name)?.packageJson,
    loaded: (name) => bundles.loaded(name) !== undefined,
  });
}

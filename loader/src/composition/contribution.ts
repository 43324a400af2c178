import { plainError } from '../errors/thrown';
import { isPlugin, type RegistrationsFeature } from '../host/features';
import { registerFailed } from './errors';
import type { Part } from './part';

/** What a bundle or the portal itself contributes, by unit. */
export interface Contribution {
  pluginIds: string[];
  modules: Array<{ pluginId: string; moduleId: string }>;
  part: Part;
}

/** Calls `register` of every feature once to learn its ids. Throws REGISTER_FAILED. */
export function describeRegistrations(
  features: readonly RegistrationsFeature[],
  part: Omit<Part, 'modules'>,
): Contribution {
  const pluginIds: string[] = [];
  const modules: Contribution['modules'] = [];
  for (const feature of features) {
    for (const registration of registrationsOf(feature, part.owner)) {
      const { pluginId, moduleId } = registration;
      if (isPlugin(registration)) pluginIds.push(pluginId);
      else modules.push({ pluginId, moduleId: moduleId ?? '' });
    }
  }
  return { pluginIds: [...new Set(pluginIds)], modules, part: { ...part, modules } };
}

/** Every plugin id whose unit a contribution is part of. */
export function unitsOf(contribution: Contribution | undefined): string[] {
  if (!contribution) return [];
  return [...new Set([...contribution.pluginIds, ...contribution.modules.map(({ pluginId }) => pluginId)])];
}

function registrationsOf(
  feature: RegistrationsFeature,
  owner: string,
): ReturnType<RegistrationsFeature['getRegistrations']> {
  try {
    return feature.getRegistrations();
  } catch (thrown) {
    const cause = plainError(thrown);
    throw registerFailed(owner, cause);
  }
}

/** An id that a bundle provides. */
interface Claim {
  /** The id as it is compared and remembered. */
  claim: string;
  pluginId: string;
  moduleId?: string;
}

/**
 * The ids that a bundle provides, plugins first. Express matches paths case-insensitively, so plugin ids are compared the
 * same way.
 */
export function claimsOf({ pluginIds, modules }: Pick<Contribution, 'pluginIds' | 'modules'>): Claim[] {
  return [
    ...pluginIds.map((pluginId) => ({ claim: pluginId.toLowerCase(), pluginId })),
    ...modules.map((module) => ({ claim: `${module.pluginId.toLowerCase()}/${module.moduleId}`, ...module })),
  ];
}

import { coreServices } from '@backstage/backend-plugin-api';
import type { Section } from './section';

/** Services that run a unit: a bundle that replaced these could not be reached, stopped or identified. */
const IRREPLACEABLE: readonly string[] = [
  coreServices.pluginMetadata.id,
  coreServices.rootHttpRouter.id,
  coreServices.rootInstanceMetadata.id,
  coreServices.rootLifecycle.id,
];

/** Reads `dynamicPlugins.services`: ids of host services that bundles may replace. */
export function readServices(section: Section): string[] {
  const ids = section.strings('services');
  const refused = ids.filter((id) => IRREPLACEABLE.includes(id));
  if (refused.length > 0) {
    section.fault('services', `holds ${refused.join(', ')}`, `service ids other than ${IRREPLACEABLE.join(', ')}`);
  }
  return ids;
}

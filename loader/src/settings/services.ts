import { coreServices } from '@backstage/backend-plugin-api';
import type { Section } from './section';

/** What a unit is run by: a bundle that replaced these would not be reached, not be stopped, or not be told from others. */
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

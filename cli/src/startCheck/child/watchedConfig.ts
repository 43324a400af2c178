import type { RootConfigService } from '@backstage/backend-plugin-api';
import { urlOf } from './place';

/** The methods that answer for a key that is not there instead of throwing. */
const LENIENT = [
  'has',
  'getOptional',
  'getOptionalConfig',
  'getOptionalConfigArray',
  'getOptionalNumber',
  'getOptionalBoolean',
  'getOptionalString',
  'getOptionalStringArray',
] as const;

/** The config. Adds every missing key that code below `bundleDir` reads to `absent`. */
export function watchedConfig(config: RootConfigService, bundleDir: string, absent: Set<string>): RootConfigService {
  const places = [bundleDir, urlOf(bundleDir)];
  const watched = Object.create(config) as Record<string, (key?: string) => unknown>;
  for (const method of LENIENT) {
    watched[method] = (key) => {
      // The host's own services look for many keys that they can do without.
      if (key && !config.has(key) && places.some((place) => new Error().stack?.includes(place))) absent.add(key);
      return (config[method] as (key?: string) => unknown)(key);
    };
  }
  // A backend's config can be followed; the one here never changes.
  watched.subscribe ??= () => ({ unsubscribe() {} });
  return watched as unknown as RootConfigService;
}

import type { RootConfigService } from '@backstage/backend-plugin-api';

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

/** The config, with every key that code below `bundleDir` looks for in vain added to `absent`. */
export function watchedConfig(config: RootConfigService, bundleDir: string, absent: Set<string>): RootConfigService {
  const watched = Object.create(config) as Record<string, (key?: string) => unknown>;
  for (const method of LENIENT) {
    watched[method] = (key) => {
      // The host's own services look for many keys that they can do without.
      if (key && !config.has(key) && new Error().stack?.includes(bundleDir)) absent.add(key);
      return (config[method] as (key?: string) => unknown)(key);
    };
  }
  return watched as unknown as RootConfigService;
}

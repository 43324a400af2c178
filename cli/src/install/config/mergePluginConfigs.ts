import { isDeepStrictEqual } from 'node:util';
import { configConflicts } from '../errors';

type Config = Record<string, unknown>;

const HEADER = `# Written by \`stagedoor install\` from the pluginConfig of every plugin in its list.
# It is replaced by the next install: change the list instead.
`;

/** Names with a special meaning for code that copies objects. */
const NEVER_MERGED = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Merges the config fragments of plugins into one, in their order: objects key by key, anything else must be the same
 * wherever it is set. The keys `__proto__`, `constructor` and `prototype` never merge. Throws PLUGIN_CONFIG_CONFLICT with
 * every key that two plugins set differently.
 */
export function mergePluginConfigs(fragments: ReadonlyArray<{ package: string; pluginConfig?: Config }>): Config {
  const merged: Config = {};
  const origins = new Map<string, string>();
  const conflicts: string[] = [];
  const merge = (from: Config, into: Config, path: string, origin: string): void => {
    for (const [key, value] of Object.entries(from)) {
      if (NEVER_MERGED.has(key)) continue;
      const inner = path ? `${path}.${key}` : key;
      const there = Object.hasOwn(into, key) ? into[key] : undefined;
      if (there === undefined) {
        into[key] = isObject(value) ? {} : value;
        origins.set(inner, origin);
        if (isObject(value)) merge(value, into[key] as Config, inner, origin);
      } else if (isObject(there) && isObject(value)) merge(value, there, inner, origin);
      else if (!isDeepStrictEqual(there, value)) {
        conflicts.push(`${inner} is set differently by ${origins.get(inner)} and ${origin}`);
      }
    }
  };
  for (const { package: origin, pluginConfig } of fragments) merge(pluginConfig ?? {}, merged, '', origin);
  if (conflicts.length > 0) throw configConflicts(conflicts);
  return merged;
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** app-config.dynamic-plugins.yaml of a merged config. */
export async function appConfigText(config: Record<string, unknown>): Promise<string> {
  const { stringify } = await import('yaml');
  // No aliases: a config that occurs twice is written twice, as its reader may not know them.
  return HEADER + stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
}

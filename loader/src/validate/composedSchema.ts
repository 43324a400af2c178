import type { ConfigSchema } from '@backstage/config-loader';
import type { JsonObject, JsonValue } from '@backstage/types';
import type { SchemaEntry } from './configSchema';
import { onlyLeaves, placeOf, textsIn, visibilityOf, withPlaces, type VisibleLeaf } from './configVisibility';

type Entry = Pick<SchemaEntry, 'path' | 'value'>;
type Processing = NonNullable<Parameters<ConfigSchema['process']>[1]>;

/**
 * A config schema that also shows values that schemas of bundles declare visible. Schemas of bundles are not compiled here
 * and cannot make it fail: app-config was checked against them before the bundle was loaded. Values that `base` declares
 * secret stay hidden.
 */
export function addSchemas(base: ConfigSchema, entries: readonly Entry[]): ConfigSchema {
  const schemas = entries.map(({ value }) => value);
  return {
    process(configs, options = {}) {
      const processed = base.process(configs, options);
      if (!options.visibility || schemas.length === 0) return processed;
      return processed.map((config, index) => {
        const { data } = configs[index]!;
        const leaves = leavesOf(schemas, data, options).filter(isNotSecret(base, data, options));
        return { ...config, data: merge(config.data, onlyLeaves(data, leaves)) as JsonObject };
      });
    },
    serialize() {
      const serialized = base.serialize() as { schemas?: JsonValue[] };
      return { ...serialized, schemas: [...(serialized.schemas ?? []), ...(entries as unknown as JsonObject[])] };
    },
  };
}

/** The values that schemas of bundles make visible; none if that takes too long to compute. */
function leavesOf(
  schemas: readonly JsonObject[],
  data: JsonObject,
  { visibility, valueTransform }: Processing,
): VisibleLeaf[] {
  try {
    return visibilityOf(schemas, data)
      .filter((leaf) => leaf.visibility !== 'backend' && visibility!.includes(leaf.visibility))
      .map((leaf) => {
        if (!valueTransform) return leaf;
        const context = { visibility: leaf.visibility, path: leaf.path.join('.') };
        return { ...leaf, value: valueTransform(leaf.value, context) as JsonValue };
      });
  } catch {
    return [];
  }
}

function isNotSecret(base: ConfigSchema, data: JsonObject, { visibility }: Processing): (leaf: VisibleLeaf) => boolean {
  if (visibility!.includes('secret')) return () => true;
  const marked = [{ data: withPlaces(data), context: 'app-config' }];
  const [secret] = base.process(marked, { visibility: ['secret'], ignoreSchemaErrors: true });
  const secrets = new Set(textsIn(secret!.data));
  return ({ path }) => !secrets.has(placeOf(path));
}

/** The union of both; of two lists, the one that shows more. */
function merge(one: JsonValue | undefined, other: JsonValue | undefined): JsonValue | undefined {
  if (!isPlain(one) || !isPlain(other)) {
    const longer = Array.isArray(one) && Array.isArray(other) && other.length > one.length;
    return one === undefined || longer ? other : one;
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(one[key], other[key])])) as JsonObject;
}

function isPlain(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

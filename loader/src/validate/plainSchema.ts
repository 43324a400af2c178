import type { JsonObject } from '@backstage/types';

/** Keywords that only narrow what matches: a value matches two such schemas merged if it matches each. */
const NARROWING = [
  'type',
  'required',
  'enum',
  'const',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
];
/** Keywords without effect on what matches. */
const TELLING = ['title', 'description', 'default', 'examples', 'visibility', 'deepVisibility', 'deprecated'];
const KEYWORDS = new Set([...NARROWING, ...TELLING]);
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

/**
 * True for a schema that can be checked together with others: a value matches the merged schema if it matches each. That is
 * not true of `additionalProperties`, because config-loader merges the properties of others into it; patterns and
 * alternatives are slow. The schema is known to be within the limits.
 */
export function isPlainSchema(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false;
  return Object.entries(schema as JsonObject).every(([keyword, value]) => {
    if (keyword === 'properties') return arePlainProperties(value);
    if (keyword === 'items') return isPlainSchema(value);
    if (keyword === '$schema') return value === DRAFT_07;
    return KEYWORDS.has(keyword);
  });
}

function arePlainProperties(properties: unknown): boolean {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return false;
  // Names that every object has get lost as schemas are merged.
  return Object.entries(properties).every(([name, schema]) => !(name in Object.prototype) && isPlainSchema(schema));
}

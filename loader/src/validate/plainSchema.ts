import type { JsonObject } from '@backstage/types';

/** Keywords of which each only narrows what fits: a value that fits two such schemas as one fits either. */
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
/** Keywords that say nothing of what fits. */
const TELLING = ['title', 'description', 'default', 'examples', 'visibility', 'deepVisibility', 'deprecated'];
const KEYWORDS = new Set([...NARROWING, ...TELLING]);
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

/**
 * True for a schema that can be held against app-config together with others: what fits all of them as one fits each. That is
 * not so of `additionalProperties`, to which config-loader adds the properties of others when it merges, and patterns and
 * alternatives take long. The schema was found to be within the limits before.
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

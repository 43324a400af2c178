/** Limits of a config schema. Schemas of real plugins are far below. */
const LIMITS = { depth: 100, objects: 10_000, members: 50_000, patterns: 500, patternLength: 1000 };

/** A nested value that is still to be visited. */
interface Open {
  value: unknown;
  depth: number;
  /** Whether members are keywords, schemas under names that their author chose, or neither. */
  kind: 'schema' | 'names' | 'data';
}

/** Keywords whose members are named by the author of the schema. */
const NAMING = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependencies', 'dependentSchemas']);

/** Keywords that hold data, not schemas. */
const DATA = new Set(['const', 'enum', 'default', 'examples']);

/**
 * The reason why a schema exceeds the limits, or has an invalid reference; undefined if it is acceptable. Takes time
 * proportional to the size of the schema.
 */
export function limitFault(schema: unknown): string | undefined {
  const open: Open[] = [{ value: schema, depth: 0, kind: 'schema' }];
  const found = { objects: 0, members: 0, patterns: 0 };
  // The depth is up to an attacker: no recursion.
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth, kind } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > LIMITS.depth) return `it is nested more than ${LIMITS.depth} levels deep`;
    found.objects += 1;
    for (const [key, child] of Object.entries(value)) {
      found.members += 1;
      const keyword = kind === 'schema' && !Array.isArray(value);
      if (keyword && key === '$ref' && !isLocal(child)) return `it refers to ${JSON.stringify(child)?.slice(0, 200)}`;
      for (const pattern of keyword ? patternsIn(key, child) : []) {
        found.patterns += 1;
        if (pattern.length > LIMITS.patternLength) return `a pattern is longer than ${LIMITS.patternLength} characters`;
      }
      if (found.objects > LIMITS.objects || found.members > LIMITS.members) return 'it describes too many properties';
      if (found.patterns > LIMITS.patterns) return `it contains more than ${LIMITS.patterns} patterns`;
      open.push({ value: child, depth: depth + 1, kind: kindBelow(kind, keyword ? key : '') });
    }
  }
  return undefined;
}

function kindBelow(kind: Open['kind'], keyword: string): Open['kind'] {
  if (kind === 'data' || DATA.has(keyword)) return 'data';
  return NAMING.has(keyword) ? 'names' : 'schema';
}

function patternsIn(keyword: string, value: unknown): string[] {
  if (keyword === 'pattern' && typeof value === 'string') return [value];
  if (keyword === 'patternProperties' && typeof value === 'object' && value !== null) return Object.keys(value);
  return [];
}

/** True for a pointer into the schema itself. */
function isLocal(ref: unknown): boolean {
  return typeof ref === 'string' && (ref === '#' || ref.startsWith('#/'));
}

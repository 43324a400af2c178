import type { JsonObject, JsonValue } from '@backstage/types';

/** Who may see a value of app-config, in Backstage's words (config-loader `ConfigVisibility`). */
type Visibility = 'frontend' | 'secret' | 'backend';

/** The parts of a JSON schema that define visibility. */
type Schema = Record<string, unknown>;

/** A schema, and the document that its references point into. */
interface Node {
  schema: Schema;
  root: Schema;
}

/** A value without values below it, as schemas see it. */
export interface VisibleLeaf {
  /** Keys and indexes from the top. */
  path: string[];
  value: JsonValue;
  visibility: Visibility;
}

/** Keywords with schemas that apply, or may apply, to the same value. */
const BESIDE = ['allOf', 'anyOf', 'oneOf'];
const CONDITIONAL = ['if', 'then', 'else'];
const DEPENDENT = ['dependencies', 'dependentSchemas'];

/** Most steps for one computation: some 100 ms. Real schemas take a few thousand. */
const MOST_STEPS = 200_000;

/** The schemas are too expensive to evaluate. */
export class TooManySchemas extends Error {}

/** Counts down the remaining steps. */
class Steps {
  #left = MOST_STEPS;

  take(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new TooManySchemas('its rules for the visibility of app-config values are too complex');
  }
}

/**
 * The visibility of the values of `data` according to schemas. Backstage selects the branch of an `anyOf` that a value
 * matches; here all branches apply, and `secret` takes precedence over `frontend`. Nothing is compiled, and no potentially
 * slow pattern is run: a name that may match such a pattern counts as secret if the pattern's schema says so, and never as
 * visible. Throws {@link TooManySchemas}.
 */
export function visibilityOf(schemas: readonly JsonObject[], data: JsonValue): VisibleLeaf[] {
  const leaves: VisibleLeaf[] = [];
  const nodes = schemas.map((schema) => ({ schema, root: schema }));
  new Look(leaves).visit(data, [], { nodes, doubtful: [], inherited: 'backend' });
  return leaves;
}

/** A unique text for each place in a config. */
export function placeOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

/**
 * A copy of the config with the place of each value as its value: code that selects values by their keys thus returns their
 * places.
 */
export function withPlaces(data: JsonObject): JsonObject {
  const mark = (value: JsonValue | undefined, path: string[]): JsonValue => {
    if (typeof value !== 'object' || value === null) return placeOf(path);
    if (Array.isArray(value)) return value.map((item, index) => mark(item, [...path, String(index)]));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner, [...path, key])]));
  };
  return mark(data, []) as JsonObject;
}

/** All texts in a value. */
export function textsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner));
}

/** The config reduced to the given leaves, without empty objects and lists. */
export function onlyLeaves(data: JsonObject, leaves: readonly VisibleLeaf[]): JsonObject {
  const kept = new Map(leaves.map(({ path, value }) => [placeOf(path), value]));
  const pick = (value: JsonValue | undefined, path: string[]): JsonValue | undefined => {
    const leaf = kept.get(placeOf(path));
    if (leaf !== undefined) return leaf;
    if (Array.isArray(value)) {
      const items = value
        .map((item, index) => pick(item, [...path, String(index)]))
        .filter((item) => item !== undefined);
      return items.length > 0 ? items : undefined;
    }
    if (typeof value !== 'object' || value === null) return undefined;
    const picked = Object.entries(value).map(([key, inner]) => [key, pick(inner, [...path, key])] as const);
    const found = picked.filter(([, inner]) => inner !== undefined);
    return found.length > 0 ? (Object.fromEntries(found) as JsonObject) : undefined;
  };
  return (pick(data, []) as JsonObject | undefined) ?? {};
}

/** The schemas for one value. */
interface Place {
  nodes: Node[];
  /** Schemas that may apply to it, or not. */
  doubtful: Node[];
  /** The inherited `deepVisibility`. */
  inherited: Visibility;
}

/** One traversal of a config along its schemas. */
class Look {
  readonly #leaves: VisibleLeaf[];
  readonly #steps = new Steps();

  constructor(leaves: VisibleLeaf[]) {
    this.#leaves = leaves;
  }

  visit(value: JsonValue | undefined, path: string[], place: Place): void {
    if (value === undefined || value === null) return;
    const nodes = expand(place.nodes, this.#steps);
    const doubtful = expand(place.doubtful, this.#steps);
    const visibility = said('visibility', nodes, doubtful) ?? place.inherited;
    if (typeof value !== 'object' || Object.keys(value).length === 0) {
      this.#leaves.push({ path, value, visibility });
      return;
    }
    const inherited = said('deepVisibility', nodes, doubtful) ?? place.inherited;
    for (const [key, child] of Object.entries(value)) {
      const at = this.#below(nodes, doubtful, Array.isArray(value) ? Number(key) : key);
      // Values in a list have the visibility of the list.
      const own = Array.isArray(value) && typeof child !== 'object' ? visibility : inherited;
      this.visit(child, [...path, key], { ...at, inherited: own });
    }
  }

  #below(nodes: readonly Node[], doubtful: readonly Node[], key: string | number): Omit<Place, 'inherited'> {
    const schemasOf = (node: Node): Below[] =>
      typeof key === 'number' ? itemSchemas(node, key) : propertySchemas(node, key, this.#steps);
    const found = nodes.flatMap(schemasOf);
    const unsure = [...found.filter((each) => each.doubtful), ...doubtful.flatMap(schemasOf)];
    return {
      nodes: found.filter((each) => !each.doubtful).map(({ node }) => node),
      doubtful: unsure.map(({ node }) => node),
    };
  }
}

/** A schema for a value below another. */
interface Below {
  node: Node;
  doubtful: boolean;
}

function propertySchemas({ schema, root }: Node, key: string, steps: Steps): Below[] {
  const { properties, patternProperties, additionalProperties } = schema;
  const named = isObject(properties) && Object.hasOwn(properties, key);
  const found = named ? below(properties[key], root) : [];
  let matched: boolean | undefined = named;
  for (const [pattern, value] of Object.entries(asSchema(patternProperties) ?? {})) {
    steps.take();
    const matches = matchesPattern(pattern, key);
    if (matches === false) continue;
    found.push(...below(value, root, matches === undefined));
    matched ||= matches;
  }
  if (!matched) found.push(...below(additionalProperties, root, matched === undefined));
  return found;
}

function itemSchemas({ schema: { items, additionalItems, contains }, root }: Node, index: number): Below[] {
  const item: unknown = Array.isArray(items) ? (items[index] ?? additionalItems) : items;
  return [...below(item, root), ...below(contains, root)];
}

function below(value: unknown, root: Schema, doubtful = false): Below[] {
  const schema = asSchema(value);
  return schema ? [{ node: { schema, root }, doubtful }] : [];
}

/** The schemas, and all that they refer to for the same value; each once. */
function expand(nodes: readonly Node[], steps: Steps): Node[] {
  const seen = new Map<Schema, Node>();
  const open = [...nodes];
  for (let node = open.pop(); node; node = open.pop()) {
    const { schema, root } = node;
    steps.take();
    if (seen.has(schema)) continue;
    seen.set(schema, node);
    const lists = BESIDE.flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : []));
    const dependent = DEPENDENT.flatMap((key) => Object.values(asSchema(schema[key]) ?? {}));
    const beside = [...lists, ...dependent, ...CONDITIONAL.map((key) => schema[key]), referred(schema.$ref, root)];
    for (const value of beside) {
      const next = asSchema(value);
      if (next) open.push({ schema: next, root });
    }
  }
  return [...seen.values()];
}

/** The schema that a pointer into its own document leads to. */
function referred(ref: unknown, root: Schema): unknown {
  if (typeof ref !== 'string') return undefined;
  if (ref === '#') return root;
  return ref
    .slice(2)
    .split('/')
    .map((part) => decode(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function asSchema(value: unknown): Schema | undefined {
  return isObject(value) && !Array.isArray(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function said(keyword: string, nodes: readonly Node[], doubtful: readonly Node[]): Visibility | undefined {
  const certain = nodes.map(({ schema }) => schema[keyword]);
  const all = [...certain, ...doubtful.map(({ schema }) => schema[keyword])];
  if (all.includes('secret')) return 'secret';
  return certain.includes('frontend') ? 'frontend' : undefined;
}

const LONGEST_PATTERN = 200;

/** Whether a name matches a pattern; undefined if the pattern may be slow. */
function matchesPattern(pattern: string, name: string): boolean | undefined {
  if (!isQuick(pattern)) return undefined;
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return undefined;
  }
}

/** True for a pattern with one group and one quantifier at most: there are few ways to match it. */
function isQuick(pattern: string): boolean {
  if (pattern.length > LONGEST_PATTERN) return false;
  const plain = pattern.replace(/\\[^1-9k]/g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const quantifiers = plain.match(/[*+?{]/g)?.length ?? 0;
  const groups = plain.match(/\(/g)?.length ?? 0;
  return quantifiers <= 1 && groups <= 1 && !/\\|\)[*+?{]/.test(plain);
}

import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { adminApi, type OpenApi } from '../../support/adminApi';
import { startBackend } from '../../support/backend';
import { repository } from '../../support/repository';

/** Types of `loader/src/adminApi.ts`, by the schemas of the description that they stand for. */
const TYPES: Record<string, string> = {
  Access: 'Access',
  Config: 'PluginConfig',
  Health: 'Health',
  History: 'PluginHistory',
  HistoryEntry: 'HistoryEntry',
  Host: 'Host',
  LogLine: 'LogLine',
  Logs: 'PluginLogs',
  Operation: 'Operation',
  Plugin: 'Plugin',
  PluginList: 'PluginList',
  Span: 'Span',
  Summary: 'Summary',
};

type Shape = string | { [key: string]: Shape };
type JsonSchema = {
  $ref?: string;
  type?: string;
  enum?: string[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | false;
};

/** What a schema allows; text is text, whatever its pattern. */
function ofSchema(schema: JsonSchema, description: OpenApi): Shape {
  const named = Object.entries(description.components.schemas).find(
    ([name, whole]) => name in TYPES && JSON.stringify(whole) === JSON.stringify(schema),
  );
  if (named) return `→ ${named[0]}`;
  if (schema.$ref) return `→ ${schema.$ref.split('/').pop()}`;
  if (schema.type === 'array') return { '[]': ofSchema(schema.items!, description) };
  if (schema.type === 'integer') return 'number';
  if (schema.type !== 'object') return schema.type!;
  if (schema.additionalProperties) return { '[key]': ofSchema(schema.additionalProperties, description) };
  if (!schema.properties) return 'object';
  return ofProperties(schema, description);
}

function ofProperties({ properties = {}, required = [] }: JsonSchema, description: OpenApi): Shape {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      required.includes(key) ? key : `${key}?`,
      ofSchema(value, description),
    ]),
  );
}

/** The values that a schema lists for each of its properties, by path. */
function enumsOf(schema: JsonSchema, path: string): Array<[string, string[]]> {
  const { items, properties = {}, additionalProperties } = schema;
  return [
    ...(schema.enum ? [[path, schema.enum.toSorted()] as [string, string[]]] : []),
    ...(items ? enumsOf(items, path) : []),
    ...(additionalProperties ? enumsOf(additionalProperties, path) : []),
    ...Object.entries(properties).flatMap(([key, value]) => enumsOf(value, `${path}.${key}`)),
  ];
}

/** The same of a TypeScript type. */
class Types {
  readonly #program = ts.createProgram([join(repository, 'loader/src/adminApi.ts')], { strict: true, noLib: false });
  readonly #checker = this.#program.getTypeChecker();
  readonly #exports: Map<string, ts.Type>;
  readonly enums = new Map<string, string[]>();

  constructor() {
    const file = this.#program.getSourceFile(join(repository, 'loader/src/adminApi.ts'))!;
    const symbols = this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(file)!);
    this.#exports = new Map(symbols.map((symbol) => [symbol.name, this.#checker.getDeclaredTypeOfSymbol(symbol)]));
  }

  shape(name: string): Shape {
    return this.#properties(this.#exports.get(name)!, name);
  }

  #of(type: ts.Type, path: string): Shape {
    const checker = this.#checker;
    const named = Object.entries(TYPES).find(([, name]) => this.#exports.get(name) === type);
    if (named) return `→ ${named[0]}`;
    const literals = type.isUnion() ? type.types.filter((each) => each.isStringLiteral()) : [];
    if (type.isUnion() && literals.length === type.types.length) {
      this.enums.set(path, literals.map(({ value }) => value).toSorted());
      return 'string';
    }
    if (checker.isArrayType(type)) {
      return { '[]': this.#of(checker.getTypeArguments(type as ts.TypeReference)[0]!, path) };
    }
    const values = checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (values) return values.flags & ts.TypeFlags.Unknown ? 'object' : { '[key]': this.#of(values, path) };
    if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return this.#properties(type, path);
    return checker.typeToString(type);
  }

  #properties(type: ts.Type, path: string): Shape {
    return Object.fromEntries(
      this.#checker.getPropertiesOfType(type).map((property) => {
        const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
        const inner = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(property));
        return [optional ? `${property.name}?` : property.name, this.#of(inner, `${path}.${property.name}`)];
      }),
    );
  }
}

test('The types that clients of the admin API import are those that the portal describes', async () => {
  const { description } = await adminApi(await startBackend());
  const types = new Types();
  for (const [schemaName, typeName] of Object.entries(TYPES)) {
    const schema = description.components.schemas[schemaName] as JsonSchema;
    const { [schemaName]: _itself, ...others } = description.components.schemas;
    const within = { ...description, components: { schemas: others } };
    expect(types.shape(typeName), typeName).toEqual(ofProperties(schema, within as OpenApi));
    // A type may say `string` where the description lists values: newer portals have more of them.
    const listed = new Map(enumsOf(schema, typeName));
    for (const [path, values] of types.enums) {
      if (path.startsWith(`${typeName}.`)) expect([path, values]).toEqual([path, listed.get(path)]);
    }
  }
  expect(types.enums.size).toBeGreaterThan(10);
});

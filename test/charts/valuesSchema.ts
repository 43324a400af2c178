import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chart } from './helm';

/** A JSON schema, as far as tests look into it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  additionalProperties?: boolean | Schema;
}

/** What the schema takes no further apart, with its value in values.yaml. */
export interface Setting {
  /** Dotted. */
  path: string;
  value: unknown;
  description: string | undefined;
}

/** values.yaml of the chart. */
export const defaults = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Record<string, unknown>;

/** values.schema.json of the chart. */
export const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema;

/** All settings of the chart. */
export const settings = leaves(defaults, schema, '');

/** What a schema refers to, or itself. */
export function resolved(of: Schema | undefined): Schema | undefined {
  return of?.$ref ? schema.definitions?.[of.$ref.replace('#/definitions/', '')] : of;
}

function leaves(object: Record<string, unknown>, of: Schema, prefix: string): Setting[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const target = resolved(of.properties?.[key]);
    const path = `${prefix}${key}`;
    if (target?.properties && !target.description) {
      return leaves(value as Record<string, unknown>, target, `${path}.`);
    }
    return [{ path, value, description: target?.description }];
  });
}

import type { Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { SBOM_FILE, readBounded } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { ConfigKey } from '../adminApi';
import { unknownPlugin } from '../errors/errors';
import type { StagedBundle } from '../stage/stagedBundle';
import { readSchemaEntries } from '../validate/configSchema';
import { sbomUnreadable, sbomMissing } from './errors';

/** The config schema of a bundle, and which of its keys are set in app-config. */
export interface BundleConfig {
  /** JSON schemas; app-config must match all of them. */
  schemas: JsonObject[];
  keys: ConfigKey[];
}

const MAX_SBOM_BYTES = 16 * 1024 * 1024;

/** Details from the files of bundles, read on request. */
export class BundleDetails {
  readonly #config: Config;
  readonly #find: (name: string) => StagedBundle | undefined;

  constructor(config: Config, find: (name: string) => StagedBundle | undefined) {
    this.#config = config;
    this.#find = find;
  }

  /**
   * The config schema of a bundle, and which of its keys are set. Without a schema both lists are empty. Throws
   * PLUGIN_UNKNOWN, CONFIG_SCHEMA_INVALID.
   */
  async config(name: string): Promise<BundleConfig> {
    const entries = await readSchemaEntries(this.#bundle(name));
    const schemas = entries.map(({ value }) => value);
    const keys = schemas.flatMap((schema) => keysOf(schema as SchemaNode, [], false, this.#config));
    return { schemas, keys: [...new Map(keys.map((key) => [key.key, key])).values()] };
  }

  /** The software bill of materials in a bundle (CycloneDX). Throws PLUGIN_UNKNOWN, SBOM_MISSING. */
  async sbom(name: string): Promise<JsonObject> {
    const { dir, version } = this.#bundle(name);
    const content = await readBounded(join(dir, SBOM_FILE), MAX_SBOM_BYTES);
    if (typeof content === 'string') {
      throw sbomMissing(name, version);
    }
    try {
      return JSON.parse(content.toString('utf8')) as JsonObject;
    } catch (cause) {
      throw sbomUnreadable(name, cause);
    }
  }

  #bundle(name: string): StagedBundle {
    const bundle = this.#find(name);
    if (!bundle) throw unknownPlugin(name);
    return bundle;
  }
}

interface SchemaNode {
  type?: string | string[];
  description?: string;
  visibility?: string;
  deepVisibility?: string;
  properties?: Record<string, SchemaNode>;
  required?: string[];
}

/** The keys without further ones below them, in the order of the schema. */
function keysOf(node: SchemaNode, path: string[], required: boolean, config: Config, secret = false): ConfigKey[] {
  const hidden = secret || node.visibility === 'secret' || node.deepVisibility === 'secret';
  const properties = Object.entries(node.properties ?? {});
  if (properties.length > 0) {
    return properties.flatMap(([name, child]) =>
      keysOf(child, [...path, name], node.required?.includes(name) ?? false, config, hidden),
    );
  }
  if (path.length === 0) return [];
  const { type, description } = node;
  return [
    {
      key: path.join('.'),
      set: isSet(config, path),
      required,
      secret: hidden,
      ...(type && { type: [type].flat().join(' | ') }),
      ...(description && { description }),
    },
  ];
}

/** A schema may name keys that app-config's own syntax does not allow; they cannot be set. */
function isSet(config: Config, path: string[]): boolean {
  try {
    return config.has(path.join('.'));
  } catch {
    return false;
  }
}

import { valid } from 'semver';
import * as z from 'zod';
import type { Faults } from './faults';
import type { YamlFile } from './yamlFile';

/** Templates leave empty values behind: they count as absent. */
const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

/** One `<algorithm>-<base64>`, or several separated by blanks, the strongest counting. */
const integrity = z
  .string()
  .regex(
    /^\s*(sha(256|384|512)-[A-Za-z0-9+/]+={0,2}(\s+|\s*$))+$/,
    'must be sha256-…, sha384-… or sha512-… with base64',
  )
  .transform((text) => text.trim());

const fields = {
  package: z.string().trim().min(1, 'must not be empty').max(2000),
  enabled: optional(z.boolean()),
  disabled: optional(z.boolean()),
  integrity: optional(integrity),
  pluginConfig: optional(z.record(z.string(), z.unknown())),
  pullPolicy: optional(z.enum(['Always', 'IfNotPresent'])),
  forceDownload: optional(z.boolean()),
  export: optional(z.boolean()),
  minVersion: optional(z.string().refine((text) => valid(text) !== null, 'must be a version, e.g. 1.2.3')),
};

const names = z.array(z.string().min(1));

const file = z.looseObject({
  includes: optional(names),
  plugins: optional(z.array(z.looseObject(fields))),
});

/** One entry of a list of plugins, as it is written. */
export interface Entry {
  package: string;
  enabled?: boolean;
  disabled?: boolean;
  integrity?: string;
  pluginConfig?: Record<string, unknown>;
  pullPolicy?: 'Always' | 'IfNotPresent';
  forceDownload?: boolean;
  export?: boolean;
  minVersion?: string;
  /** `file:line`, for messages. */
  where: string;
}

/** What one file says. */
export interface ListFile {
  includes: string[];
  entries: Entry[];
  /** Keys that nothing reads, one sentence each. */
  warnings: string[];
}

/** Reads what a YAML file says about plugins; every fault of it goes to `faults`, with its line and key. */
export function parseList(yaml: YamlFile, faults: Faults): ListFile {
  const parsed = file.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const key = path.map(String).join('.');
      faults.add(`${yaml.where(path)}${key && ` ${key}`}`, message);
    }
    // What is included is read all the same: its faults are to be told along with these.
    const includes = names.safeParse((yaml.value as { includes?: unknown } | null | undefined)?.includes);
    return { includes: includes.data ?? [], entries: [], warnings: [] };
  }
  const { includes = [], plugins = [], ...others } = parsed.data;
  const warnings = unknownKeys(yaml, [], others, ['includes', 'plugins']);
  const entries = plugins.map((plugin, index): Entry => {
    const path = ['plugins', index];
    warnings.push(...unknownKeys(yaml, path, plugin, Object.keys(fields)));
    const known = Object.entries(plugin).filter(([key, value]) => key in fields && value !== undefined);
    return { ...(Object.fromEntries(known) as unknown as Entry), where: yaml.where(path) };
  });
  return { includes, entries, warnings };
}

function unknownKeys(yaml: YamlFile, path: Array<string | number>, value: object, known: string[]): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${yaml.where([...path, key])}: nothing reads "${key}"; known are ${known.join(', ')}.`);
}

import { valid } from 'semver';
import * as z from 'zod';
import type { Faults, ListFault } from './faults';
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

/** `yes`, `no`, `on` and `off` are text in YAML 1.2, and so is what stands in quotes. */
const flag = z.boolean('must be true or false, without quotes');

const fields = {
  package: z.string().trim().min(1, 'must not be empty').max(2000),
  enabled: optional(flag),
  disabled: optional(flag),
  integrity: optional(integrity),
  pluginConfig: optional(z.record(z.string(), z.unknown())),
  pullPolicy: optional(z.enum(['Always', 'IfNotPresent'])),
  forceDownload: optional(z.boolean()),
  export: optional(z.boolean()),
  minVersion: optional(z.string().refine((text) => valid(text) !== null, 'must be a version, e.g. 1.2.3')),
};

/** Faults in these are never deferred: without them it is unknown what the entry is, or whether it counts. */
const DECISIVE = ['package', 'enabled', 'disabled'];

/** Keys of an entry that other tools read: `dependencies` is for RHDH's operator. */
const READ_ELSEWHERE = ['dependencies'];

const names = z.array(z.string().min(1));

const file = z.looseObject({
  includes: optional(names),
  plugins: optional(z.array(z.record(z.string(), z.unknown()))),
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
  /** What is wrong in it, by field: an error only if the entry turns out to be enabled and nothing overrides the field. */
  faults: Record<string, ListFault[]>;
}

/** What one file says. */
export interface ListFile {
  includes: string[];
  entries: Entry[];
  /** Unknown keys, and what is left out, one sentence each. */
  warnings: string[];
}

/** Whether an entry is to be installed; `enabled` wins, and without either it is. */
export function isEnabled({ enabled, disabled }: Pick<Entry, 'enabled' | 'disabled'>): boolean {
  return enabled ?? disabled !== true;
}

/**
 * Reads what a YAML file says about plugins. What makes the file unusable goes to `faults`, with its line and key; what is
 * wrong in one entry stays with that entry.
 */
export function parseList(yaml: YamlFile, faults: Faults): ListFile {
  const parsed = file.safeParse(yaml.value ?? {});
  if (!parsed.success) {
    for (const { where, message } of faultsOf(yaml, [], parsed.error)) faults.add(where, message);
    // What is included is read all the same: its faults are to be told along with these.
    const includes = names.safeParse((yaml.value as { includes?: unknown } | null | undefined)?.includes);
    return { includes: includes.data ?? [], entries: [], warnings: [] };
  }
  const { includes = [], plugins = [], ...others } = parsed.data;
  const warnings = unknownKeys(yaml, [], others, ['includes', 'plugins']);
  const entries = plugins.flatMap((plugin, index) => readEntry(yaml, ['plugins', index], plugin, faults, warnings));
  return { includes, entries, warnings };
}

function readEntry(
  yaml: YamlFile,
  path: Array<string | number>,
  plugin: Record<string, unknown>,
  faults: Faults,
  warnings: string[],
): Entry[] {
  const read: Record<string, unknown> = {};
  const wrong: Record<string, ListFault[]> = {};
  for (const [field, type] of Object.entries(fields)) {
    const parsed = type.safeParse(Object.hasOwn(plugin, field) ? plugin[field] : undefined);
    if (!parsed.success) wrong[field] = faultsOf(yaml, [...path, field], parsed.error);
    else if (parsed.data !== undefined) read[field] = parsed.data;
  }
  const entry = { ...(read as unknown as Entry), where: yaml.where(path), faults: wrong };
  if (DECISIVE.every((field) => !Object.hasOwn(wrong, field))) {
    const known = Object.keys(fields);
    warnings.push(...unknownKeys(yaml, path, plugin, known, READ_ELSEWHERE));
    return [entry];
  }
  const nameless = !Object.hasOwn(wrong, 'enabled') && !Object.hasOwn(wrong, 'disabled') && !isEnabled(entry);
  for (const { where, message } of Object.values(wrong).flat()) {
    if (nameless) warnings.push(`${where}: ${message}; the entry is disabled and was left out.`);
    else faults.add(where, message);
  }
  return [];
}

function faultsOf(yaml: YamlFile, base: PropertyKey[], { issues }: z.ZodError): ListFault[] {
  return issues.map(({ path, message }) => {
    const whole = [...base, ...path];
    const key = whole.map(String).join('.');
    return { where: `${yaml.where(whole)}${key && ` ${key}`}`, message };
  });
}

/** Keys that begin with `x-` hold what anchors are for, as in files of Docker Compose. */
function unknownKeys(
  yaml: YamlFile,
  path: Array<string | number>,
  value: object,
  known: string[],
  elsewhere: string[] = [],
): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key) && !elsewhere.includes(key) && !key.startsWith('x-'))
    .map((key) => `${yaml.where([...path, key])}: unknown key "${key}"; expected one of: ${known.join(', ')}.`);
}

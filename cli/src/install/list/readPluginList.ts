import { StagedoorError, holdsCredentials, redactAddress } from '@stagedoor/bundle';
import { dirname, resolve } from 'node:path';
import type { PackageRequest } from '../source';
import { parseList, type Entry } from './entry';
import { Faults } from './faults';
import { isEnabled, mergeEntries, type KeyedEntry } from './mergeEntries';
import { formOf, parseOciText } from './packageText';
import { resolveReferences } from './resolveReferences';
import { MAX_LIST_BYTES, readYamlFile } from './yamlFile';

/** A plugin that is to be installed. */
export interface ListedPlugin extends PackageRequest {
  /** What tells it from other entries: see {@link mergeEntries}. */
  key: string;
  /** `file:line` of the entry that counts, for messages. */
  where: string;
  /** Fetch it even where nothing changed. */
  forceDownload: boolean;
  /** An older version is refused, whoever signed it. */
  minVersion?: string;
  /** A fragment of app-config. */
  pluginConfig?: Record<string, unknown>;
}

/** What dynamic-plugins.yaml and the files that it includes ask for. */
export interface PluginList {
  /** Folder that relative paths are resolved from: that of the main file. */
  folder: string;
  /** In the order in which they are first listed. */
  plugins: ListedPlugin[];
  /** Package texts of entries that are disabled. */
  disabled: string[];
  warnings: string[];
}

/**
 * Reads a list of plugins, in the format of RHDH's installer, with what it includes; an included file that is not there
 * is a warning, and includes of included files are not followed. Throws PLUGIN_LIST_INVALID with every fault of all files,
 * CREDENTIALS_IN_LIST, PLUGIN_LISTED_TWICE, PLUGIN_REFERENCE_UNRESOLVED, INTEGRITY_MISSING.
 */
export async function readPluginList(file: string): Promise<PluginList> {
  const faults = new Faults();
  const warnings: string[] = [];
  const folder = dirname(file);
  const yaml = await readYamlFile(file, faults);
  if (!yaml) throw new StagedoorError('PLUGIN_LIST_INVALID', `There is no ${file}.`);
  const main = parseList(yaml, faults);
  const included: Entry[] = [];
  let { size } = yaml;
  for (const include of main.includes) {
    const other = await readYamlFile(resolve(folder, include), faults);
    if (!other) {
      warnings.push(`${yaml.where(['includes'])}: ${include} is not there and was left out.`);
      continue;
    }
    size += other.size;
    if (size > MAX_LIST_BYTES) throw tooMuch(`${yaml.where(['includes'])}: ${include}`);
    const list = parseList(other, faults);
    included.push(...list.entries);
    warnings.push(...list.warnings);
    if (list.includes.length > 0) warnings.push(`${other.name}: includes of an included file are not followed.`);
  }
  warnings.push(...main.warnings);
  faults.throwIfAny();
  throwIfCredentials([...main.entries, ...included]);
  const entries = mergeEntries(included, resolveReferences(included, main.entries), faults, warnings);
  faults.throwIfAny();
  const plugins = entries.filter(isEnabled).map(listed);
  for (const { export: exported, package: text, where } of plugins) {
    if (exported && formOf(text) !== 'npm')
      faults.add(where, `export is for packages of npm registries, not for ${text}`);
  }
  faults.throwIfAny();
  throwIfNoIntegrity(plugins);
  const disabled = entries.filter((entry) => !isEnabled(entry)).map((entry) => redactAddress(entry.package));
  return { folder, plugins, disabled, warnings };
}

function listed({ enabled: _enabled, disabled: _disabled, ...entry }: KeyedEntry): ListedPlugin {
  const moving = parseOciText(entry.package)?.version === ':latest';
  return {
    ...entry,
    pullPolicy: entry.pullPolicy ?? (moving ? 'Always' : 'IfNotPresent'),
    forceDownload: entry.forceDownload === true,
  };
}

function tooMuch(include: string): StagedoorError {
  const message = `${include} makes the list, with what it includes, larger than ${MAX_LIST_BYTES} bytes.`;
  return new StagedoorError('PLUGIN_LIST_INVALID', message, {
    hint: 'Include fewer or smaller files: 4 MiB are the most, aliases written out.',
  });
}

/** Lists are copied, committed and logged: user names and passwords stand elsewhere. */
function throwIfCredentials(entries: readonly Entry[]): void {
  const found = entries.filter((entry) => holdsCredentials(entry.package));
  if (found.length === 0) return;
  throw new StagedoorError(
    'CREDENTIALS_IN_LIST',
    found.map((entry) => `${entry.where}: ${redactAddress(entry.package)} holds a user name or password.`).join('\n'),
  );
}

/** What comes over a network from a registry or server that may change it says what it must be. */
function throwIfNoIntegrity(plugins: readonly ListedPlugin[]): void {
  const without = plugins.filter(
    (plugin) => plugin.integrity === undefined && ['npm', 'archive'].includes(formOf(plugin.package)),
  );
  if (without.length === 0) return;
  throw new StagedoorError(
    'INTEGRITY_MISSING',
    without.map((plugin) => `${plugin.where}: ${plugin.package} has no integrity.`).join('\n'),
  );
}

import { holdsCredentials, redactAddress } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { credentialsInList, includesTooMuch, integrityMissing } from '../errors';
import type { PackageRequest } from '../source';
import { isEnabled, parseList, type Entry } from './entry';
import { Faults } from './faults';
import { mergeEntries, type KeyedEntry } from './mergeEntries';
import { formOf, parseOciText } from './packageText';
import { resolveReferences } from './resolveReferences';
import { MAX_LIST_BYTES, readYamlFile } from './yamlFile';

/** A plugin to install. */
export interface ListedPlugin extends PackageRequest {
  /** What tells it from other entries: see {@link mergeEntries}. */
  key: string;
  /** `file:line` of the entry that counts, for messages. */
  where: string;
  /** Fetch it even where nothing changed. */
  forceDownload: boolean;
  /** Older versions are rejected, even with a valid signature. */
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
  /** The file is missing or empty, which does not mean that nothing should be installed. */
  absent: boolean;
  warnings: string[];
}

/** The included file that a catalog index stands for. */
export const DEFAULT_LIST = 'dynamic-plugins.default.yaml';

/** How a list is read. */
export interface ListReading {
  /** Absolute path of the file that is read instead of the included {@link DEFAULT_LIST}. */
  defaultList?: string;
  /** Packages of npm registries and web servers need no integrity. */
  skipIntegrity?: boolean | undefined;
}

/**
 * Reads a list of plugins, in the format of RHDH's installer, with what it includes; a list or an included file that is not
 * there is a warning, includes of included files are not followed, and nothing that is wrong in a disabled entry is an
 * error. Throws PLUGIN_LIST_INVALID with every fault of all files, CREDENTIALS_IN_LIST, PLUGIN_LISTED_TWICE,
 * PLUGIN_REFERENCE_UNRESOLVED, INTEGRITY_MISSING.
 */
export async function readPluginList(
  file: string,
  { defaultList, skipIntegrity }: ListReading = {},
): Promise<PluginList> {
  const faults = new Faults();
  const warnings: string[] = [];
  const folder = dirname(file);
  const yaml = await readYamlFile(file, faults);
  faults.throwIfAny();
  if (yaml?.value === undefined) {
    const what = yaml ? `${file} is empty` : `There is no ${file}`;
    return { folder, plugins: [], disabled: [], absent: true, warnings: [`${what}: nothing is installed or removed.`] };
  }
  const main = parseList(yaml, faults);
  const included: Entry[] = [];
  let { size } = yaml;
  const replaced = defaultList === undefined ? -1 : main.includes.findIndex((one) => basename(one) === DEFAULT_LIST);
  if (defaultList !== undefined && replaced < 0) {
    warnings.push(`${yaml.where(['includes'])}: ${DEFAULT_LIST} is not included, so the catalog index is not used.`);
  }
  for (const [index, include] of main.includes.entries()) {
    const path = index === replaced ? defaultList! : resolve(folder, include);
    const other = await readYamlFile(path, faults);
    if (!other) {
      warnings.push(`${yaml.where(['includes'])}: ${include} does not exist and was left out.`);
      continue;
    }
    size += other.size;
    if (size > MAX_LIST_BYTES) throw includesTooMuch(`${yaml.where(['includes'])}: ${include}`, MAX_LIST_BYTES);
    const list = parseList(other, faults);
    included.push(...list.entries);
    warnings.push(...list.warnings);
    if (list.includes.length > 0) warnings.push(`${other.name}: includes of an included file are not followed.`);
  }
  warnings.push(...main.warnings);
  // Reported together with errors of the list, although a readable main file might disable these.
  if (faults.any) addFaults([...main.entries, ...included].filter(isEnabled), faults);
  faults.throwIfAny();
  throwIfCredentials([...main.entries, ...included], warnings);
  const resolved = resolveReferences(included, main.entries, warnings);
  const entries = mergeEntries(resolved.included, resolved.main, faults, warnings);
  const [enabled, others] = [entries.filter(isEnabled), entries.filter((entry) => !isEnabled(entry))];
  addFaults(enabled, faults);
  for (const { where, message } of others.flatMap((entry) => Object.values(entry.faults).flat())) {
    warnings.push(`${where}: ${message}; the entry is disabled.`);
  }
  const plugins = enabled.map(listed);
  for (const plugin of plugins) {
    const { export: exported, package: text, where } = plugin;
    if (exported && formOf(text) !== 'npm')
      faults.add(where, `export is for packages of npm registries, not for ${text}`);
    const doubt = forgottenDotSlash(plugin, folder);
    if (doubt !== undefined) faults.add(where, `${text} ${doubt}; write ./${text} for a folder or archive`);
  }
  faults.throwIfAny();
  const without = withoutIntegrity(plugins);
  if (without.length > 0 && !skipIntegrity) throw integrityMissing(integrityLines(without));
  for (const { where, package: text } of without) {
    warnings.push(
      `${where}: ${redactAddress(text)} has no integrity; it is installed because SKIP_INTEGRITY_CHECK is true.`,
    );
  }
  const disabled = others.map((entry) => redactAddress(entry.package));
  return { folder, plugins, disabled, absent: false, warnings };
}

function addFaults(entries: readonly Entry[], faults: Faults): void {
  for (const { where, message } of entries.flatMap((entry) => Object.values(entry.faults).flat())) {
    faults.add(where, message);
  }
}

function listed({ enabled: _enabled, disabled: _disabled, faults: _faults, ...entry }: KeyedEntry): ListedPlugin {
  const moving = parseOciText(entry.package)?.version === ':latest';
  return {
    ...entry,
    pullPolicy: entry.pullPolicy ?? (moving ? 'Always' : 'IfNotPresent'),
    forceDownload: entry.forceDownload === true,
  };
}

/** Lists are copied, committed and logged: user names and passwords belong elsewhere. In disabled entries, a warning. */
function throwIfCredentials(entries: readonly Entry[], warnings: string[]): void {
  const found = entries.filter((entry) => holdsCredentials(entry.package));
  const shown = (entry: Entry): string =>
    `${entry.where}: ${redactAddress(entry.package)} contains a user name or password.`;
  warnings.push(...found.filter((entry) => !isEnabled(entry)).map(shown));
  const enabled = found.filter(isEnabled);
  if (enabled.length > 0) throw credentialsInList(enabled.map(shown));
}

/** Packages from registries and servers, which may change them, require an integrity. */
function withoutIntegrity(plugins: readonly ListedPlugin[]): ListedPlugin[] {
  return plugins.filter(
    (plugin) => plugin.integrity === undefined && ['npm', 'archive'].includes(formOf(plugin.package)),
  );
}

function integrityLines(plugins: readonly ListedPlugin[]): string[] {
  return plugins.map((plugin) => `${plugin.where}: ${redactAddress(plugin.package)} has no integrity.`);
}

/**
 * Why `./` was probably forgotten: no npm package can have that name, or it is there beside the list and has no integrity. Nobody
 * is to get a package of a registry instead of their own folder.
 */
function forgottenDotSlash({ package: text, integrity }: ListedPlugin, folder: string): string | undefined {
  if (formOf(text) !== 'npm') return undefined;
  if (/^(@[^/@:#]+\/)?[^/@:#]+\//.test(text)) return 'is not the name of an npm package';
  const isThere = integrity === undefined && existsSync(join(folder, text));
  return isThere ? 'is the name of an npm package, and it has no integrity' : undefined;
}

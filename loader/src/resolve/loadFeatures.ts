import type { StagedoorError } from '@stagedoor/bundle';
import { isInside } from '@stagedoor/bundle';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asFeature, type Feature } from '../host/features';
import { plainError } from '../errors/thrown';
import { timed } from '../observability/timing/timed';
import { forgetLastStat } from '../patches/realPaths';
import type { StagedBundle } from '../stage/stagedBundle';
import {
  notAFeature,
  legacyBackend,
  loadFailed,
  moduleNotFound,
  mainLinksOutside,
  mainMissing,
  mainOutside,
} from './errors';

/** Returns the exports of the module at an absolute path. */
export type LoadModule = (entry: string) => Promise<unknown>;

/**
 * Loads a staged bundle and returns its backend features. As in upstream's loader, `alpha/package.json` is tried first, then
 * the main entry. `loadModule` is Node's `require` or `import` by default. Throws MAIN_MISSING, MAIN_OUTSIDE, LOAD_FAILED,
 * MODULE_NOT_FOUND, LEGACY_BACKEND, NOT_A_FEATURE.
 */
export async function loadFeatures(bundle: StagedBundle, loadModule: LoadModule = byNode): Promise<Feature[]> {
  let exported: unknown;
  for (const dir of [join(bundle.dir, 'alpha'), bundle.dir]) {
    const entry = await entryOf(bundle, dir);
    if (!entry) continue;
    exported = await timed('load', undefined, () => load(bundle, entry, loadModule));
    const features = featuresIn(exported);
    if (features.length > 0) return features;
  }
  throw noFeature(bundle, exported);
}

/** The features that a module exports: as default, double default, array of them, or by upstream's installer. */
function featuresIn(exported: unknown): Feature[] {
  const feature = asFeature(exported);
  if (feature) return [feature];
  const module = exported as { default?: { default?: unknown }; dynamicPluginInstaller?: unknown } | undefined;
  for (const candidate of [module?.default, module?.default?.default]) {
    if (Array.isArray(candidate)) return candidate.map(asFeature).filter((found) => found !== undefined);
  }
  return installed(module?.dynamicPluginInstaller ?? (module?.default as typeof module)?.dynamicPluginInstaller);
}

/** `dynamicPluginInstaller: {kind: 'new', install: () => feature(s)}` of backend-dynamic-feature-service. */
function installed(installer: unknown): Feature[] {
  const { kind, install } = (installer ?? {}) as { kind?: string; install?: () => unknown };
  if (kind !== 'new' || typeof install !== 'function') return [];
  return [install()]
    .flat()
    .map(asFeature)
    .filter((found) => found !== undefined);
}

/**
 * Removes the modules of a staged folder from the cache, so that their memory is freed with the last generation that used
 * them.
 */
export function unloadModules(dir: string): void {
  const cache = createRequire(join(dir, 'package.json')).cache;
  // The names of modules are absolute and normalised. There are thousands, and the portal serves meanwhile.
  const own = (file: string): boolean => file.startsWith(dir + sep);
  for (const [file, module] of Object.entries(cache)) {
    if (own(file)) delete cache[file];
    else if (module?.children.some(({ id }) => own(id))) module.children = module.children.filter(({ id }) => !own(id));
  }
}

async function entryOf(bundle: StagedBundle, dir: string): Promise<string | undefined> {
  if (dir !== bundle.dir && !existsSync(join(dir, 'package.json'))) return undefined;
  const text = await readFile(join(dir, 'package.json'), 'utf8');
  const main = (JSON.parse(text) as { main?: unknown }).main ?? 'index.js';
  const path = resolve(dir, String(main));
  if (!isInside(bundle.dir, path)) throw mainOutside(bundle.name, main);
  const found = [path, `${path}.js`, join(path, 'index.js')].find((file) => existsSync(file));
  if (!found) throw mainMissing(bundle.name, main);
  if (!isInside(bundle.dir, realpathSync(found))) {
    throw mainLinksOutside(bundle.name, main);
  }
  return found;
}

async function byNode(entry: string): Promise<unknown> {
  // Node's ES module loader keeps an unpatched `realpathSync`.
  forgetLastStat(entry);
  return isEsModule(entry) ? await import(pathToFileURL(entry).href) : createRequire(entry)(entry);
}

async function load(bundle: StagedBundle, entry: string, loadModule: LoadModule): Promise<unknown> {
  try {
    return await loadModule(entry);
  } catch (thrown) {
    const cause = plainError(thrown);
    const first = cause.message.split('\n')[0]!;
    if (cause.code === 'MODULE_NOT_FOUND' || cause.code === 'ERR_MODULE_NOT_FOUND') {
      throw moduleNotFound(bundle.name, first, cause);
    }
    // The stack of a syntax error begins with file:line, which helps its author.
    const where =
      cause.name === 'SyntaxError' ? cause.stack?.split('\n')[0]?.replace(bundle.dir, bundle.name) : undefined;
    const at = where ? ` (${where})` : '';
    throw loadFailed(bundle.name, `${first}${at}`, cause);
  }
}

/** By the extension, else by `type` in the nearest package.json, as Node decides (nodejs.org/api/packages.html#type). */
function isEsModule(entry: string): boolean {
  if (!entry.endsWith('.js')) return entry.endsWith('.mjs');
  for (let dir = dirname(entry); ; dir = dirname(dir)) {
    const file = join(dir, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown }).type === 'module';
    if (dirname(dir) === dir) return false;
  }
}

function noFeature(bundle: StagedBundle, exported: unknown): StagedoorError {
  const module = (exported ?? {}) as Record<string, unknown>;
  const inner = (module.default ?? {}) as Record<string, unknown>;
  const installer = (module.dynamicPluginInstaller ?? inner.dynamicPluginInstaller) as { kind?: unknown } | undefined;
  const legacy =
    installer?.kind === 'legacy'
      ? "a dynamicPluginInstaller of the kind 'legacy'"
      : (typeof module.createRouter === 'function' || typeof inner.createRouter === 'function') && 'createRouter';
  if (legacy) {
    return legacyBackend(bundle.name, legacy);
  }
  const names = Object.keys(module).slice(0, 10).join(', ') || 'nothing';
  return notAFeature(bundle.name, names);
}

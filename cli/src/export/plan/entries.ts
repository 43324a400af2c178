import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StagedoorError, isInside, type PackageJson } from '@stagedoor/bundle';
import { packageJsonObject } from '../source/packageJsonObject';

/** An entry point of the plugin. */
export interface Entry {
  /** `index` for what hosts load as the main export, `alpha` for `./alpha`, `further<n>` for others. */
  name: string;
  /** As `exports` names it, e.g. `.` or `./new-backend`. */
  subpath: string;
  /** Absolute path of the source or built file that esbuild starts from. */
  file: string;
}

const CONDITIONS = ['node', 'require', 'default', 'import'];
const EXTENSIONS = ['', '.ts', '.tsx', '.js', '.cjs', '.mjs', '/index.ts', '/index.js'];
const SCRIPT = /\.[cm]?[jt]sx?$/;

/**
 * The entry points of the package in `dir`: what `exports` and `main` name, or, where that is not built,
 * the source beside it. Throws MAIN_MISSING or MAIN_OUTSIDE.
 */
export function findEntries(dir: string, pkg: PackageJson): Entry[] {
  const declared = exported(pkg.exports, '.') ?? pkg.main ?? 'index.js';
  const main = existing(dir, declared) ?? existing(dir, 'src/index');
  if (!main) {
    throw new StagedoorError('MAIN_MISSING', `${pkg.name}: ${declared} does not exist, and there is no src/index.ts.`);
  }
  const entries: Entry[] = [{ name: 'index', subpath: '.', file: main }];
  const alpha = exported(pkg.exports, './alpha') ?? alphaFolder(dir);
  const alphaFile = alpha && (existing(dir, alpha) ?? existing(dir, 'src/alpha'));
  if (alphaFile) entries.push({ name: 'alpha', subpath: './alpha', file: alphaFile });
  return entries;
}

/** The scripts that `exports` names besides the main export and `./alpha`, e.g. `init` for `./init`. */
export function otherEntries(dir: string, { exports }: PackageJson): Entry[] {
  if (typeof exports !== 'object' || exports === null || Array.isArray(exports)) return [];
  const subpaths = Object.keys(exports).filter((key) => /^\.\/[^*]+$/.test(key) && key !== './alpha');
  return subpaths.flatMap((subpath) => {
    const name = subpath.slice('./'.length);
    const declared = exported(exports, subpath);
    const file = declared && (existing(dir, declared) ?? existing(dir, join('src', name)));
    return file && SCRIPT.test(file) ? [{ name, subpath, file }] : [];
  });
}

const FEATURE = '@backstage/BackendFeature';

/**
 * The entry points besides those of {@link findEntries} that may hold the features of a backend plugin whose main export has none,
 * such as `./new-backend`: those that `backstage.features` or the condition `backstage` in `exports` declare to, or else all of them.
 */
export function furtherEntries(dir: string, pkg: PackageJson): Entry[] {
  const others = otherEntries(dir, pkg);
  const declared = others.filter(({ subpath }) => declaredFeature(pkg, subpath) === FEATURE);
  return (declared.length > 0 ? declared : others).map((entry, index) => ({ ...entry, name: `further${index}` }));
}

/** True for an entry point that {@link furtherEntries} gave. */
export function isFurther({ name }: Entry): boolean {
  return name.startsWith('further');
}

/** What a package declares to export as default: `backstage.features` and the condition in `exports`, as Backstage's CLI writes them. */
export function declaredFeature({ backstage, exports }: PackageJson, subpath: string): string | undefined {
  const features = (backstage as { features?: Record<string, unknown> } | undefined)?.features ?? {};
  const target = Object(Object(exports)[subpath]) as { backstage?: unknown };
  const feature = Object.hasOwn(features, subpath) ? features[subpath] : target.backstage;
  return typeof feature === 'string' ? feature : undefined;
}

/** Backstage packages published before `exports` carry `alpha/package.json` with a main of its own. */
function alphaFolder(dir: string): string | undefined {
  const file = join(dir, 'alpha/package.json');
  if (!existsSync(file)) return undefined;
  const { main } = packageJsonObject(readFileSync(file, 'utf8'), file) as { main?: string };
  return main && join('alpha', main);
}

function exported(exports: unknown, subpath: string): string | undefined {
  if (typeof exports === 'string') return subpath === '.' ? exports : undefined;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const map = exports as Record<string, unknown>;
  const subpaths = Object.keys(map).some((key) => key.startsWith('.'));
  if (!subpaths) return subpath === '.' ? pickCondition(map) : undefined;
  return pickCondition(map[subpath]);
}

function pickCondition(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) return target.map(pickCondition).find((path) => path !== undefined);
  if (typeof target !== 'object' || target === null) return undefined;
  for (const condition of CONDITIONS) {
    const path = pickCondition((target as Record<string, unknown>)[condition]);
    if (path !== undefined) return path;
  }
  return undefined;
}

function existing(dir: string, path: string): string | undefined {
  const base = join(dir, path);
  if (!isInside(dir, base)) {
    throw new StagedoorError('MAIN_OUTSIDE', `The entry point ${path} leads out of ${dir}.`, {
      hint: 'Point "main" in package.json at a file of the package.',
    });
  }
  return EXTENSIONS.map((extension) => base + extension).find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
}

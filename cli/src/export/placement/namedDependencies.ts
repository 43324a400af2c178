import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findPackageDir } from '@stagedoor/bundle';
import { loaderOf } from '../analysis/parseModule';
import { neededDependencies } from '../hoist/productionDependencies';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled, packageOfImport, type InstalledPackage } from '../source/installedPackage';
import { importEdges } from './importEdges';
import type { InspectedBuild } from './rule';

/**
 * Hoists the dependencies that a package declares and does not import, but names: it passes the name to the code that loads it, as
 * transports, dialects and optional number types are. Code of the plugin may also rely on its libraries to know the name.
 */
export async function* namedDependencies(build: InspectedBuild, context: ExportContext): AsyncIterable<Decision> {
  const { plan } = context;
  const edges = importEdges(build, context);
  const modules = await build.modules();
  const texts = new Texts();
  const declaring = [plan.self, ...[...build.contents.inlined.values()].map((entry) => entry.package)];
  for (const pkg of declaring) {
    const imported = edges.get(pkg.dir) ?? new Set();
    const own = pkg === plan.self || !isInstalled(pkg.dir);
    for (const dependency of neededDependencies(pkg, context)) {
      if (imported.has(dependency.dir) || !isInstalled(dependency.dir)) continue;
      const speaking = modules.filter(({ owner }) => (own ? owner.dir !== dependency.dir : owner.dir === pkg.dir));
      const files = speaking.map(({ file }) => file);
      if (!(await texts.name(dependency.as, files))) continue;
      yield carried(dependency, pkg);
    }
  }
}

/** Hoists the packages that code names the beginning of, as in `dayjs/locale/${name}`, and completes at run time. */
export async function* packagesWithin(build: InspectedBuild, context: ExportContext): AsyncIterable<Decision> {
  const { plan, finder } = context;
  for (const { owner, file, facts } of await build.modules()) {
    for (const start of facts.within) {
      const name = packageOfImport(start);
      const dir = plan.shared.has(name) ? undefined : findPackageDir(name, dirname(file));
      const pkg = dir === undefined || !isInstalled(dir) ? undefined : finder.ofDir(dir);
      if (pkg) yield carried(pkg, owner);
    }
  }
}

/** The decision to carry a dependency that is named. */
export function carried(dependency: InstalledPackage, wantedBy: InstalledPackage): Decision {
  const reason = { code: 'named-dependency', text: `${wantedBy.name} declares it, and loads it by its name` } as const;
  return { kind: 'hoist', package: dependency, files: [], whole: true, dependencies: true, wantedBy, reason };
}

/** What a bundler follows. */
const IMPORTS = /\b(?:(?:require|import)\s*\(\s*|from\s*|import\s*)(?:"[^"\\\n]*"|'[^'\\\n]*')/g;

/** Code of modules, each read and parsed at most once. */
export class Texts {
  readonly #texts = new Map<string, Promise<string>>();
  readonly #code = new Map<string, Promise<string>>();

  /** True where code of one of the files has the name of a package, or of a file in it, as a string. */
  async name(name: string, files: readonly string[]): Promise<boolean> {
    const quoted = new RegExp(`["'\`]${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?:["'\`]|/)`);
    for (const file of files) {
      const text = await read(this.#texts, file, async () => (await readFile(file, 'utf8')).replace(IMPORTS, ''));
      if (!quoted.test(text)) continue;
      // Without types and comments, which name packages too.
      if (quoted.test(await read(this.#code, file, () => codeOf(file, text)))) return true;
    }
    return false;
  }
}

async function read(known: Map<string, Promise<string>>, file: string, make: () => Promise<string>): Promise<string> {
  const made = known.get(file) ?? make();
  known.set(file, made);
  return await made;
}

async function codeOf(file: string, text: string): Promise<string> {
  const { transform } = await import('esbuild');
  const options = { loader: loaderOf(file), charset: 'utf8', legalComments: 'none', logLevel: 'silent' } as const;
  return await transform(text, options).then(
    ({ code }) => code,
    () => text,
  );
}

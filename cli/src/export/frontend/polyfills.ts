import { builtinModules } from 'node:module';
import { join, sep } from 'node:path';
import type { rspack, RspackPluginInstance } from '@rspack/core';
import library from 'node-stdlib-browser';
import type { ImportEdge } from '../describe/packageImports';
import type { InstalledPackage, PackageFinder } from '../source/installedPackage';

/** Modules of Node.js that `backstage-cli` leaves empty, although the library has something in their place. */
const EMPTY = new Set(['path', 'https', 'http', 'http2']);

/**
 * What stands in for the modules of Node.js in browsers, as in the bundler of `@backstage/cli-module-build`: packages that work in an app
 * work in a remote. `false` is an empty module.
 */
export function polyfills(): Record<string, string | false> {
  const names = builtinModules.filter((name) => !name.startsWith('_'));
  return Object.fromEntries(names.map((name) => [name, polyfill(name)]));
}

function polyfill(name: string): string | false {
  const path = EMPTY.has(name) ? undefined : (library as Record<string, string | null | undefined>)[name];
  // A mock has nothing in it.
  return path && !path.includes(`${sep}mock${sep}`) ? path : false;
}

/** The globals of Node.js that code for browsers may name without importing them. */
export function providedGlobals({ ProvidePlugin }: typeof rspack): RspackPluginInstance {
  return new ProvidePlugin({ process: library.process!, Buffer: [library.buffer!, 'Buffer'] });
}

/**
 * The edges that a lockfile can know: those to what the packager adds, the runtime of Module Federation and undeclared
 * polyfills, are left out.
 */
export function ownEdges(edges: readonly ImportEdge[], finder: PackageFinder): ImportEdge[] {
  const paths = Object.values(polyfills()).filter((path) => path !== false);
  const added = new Set(paths.map((path) => finder.ofFile(join(path, 'file'))?.dir));
  return edges.filter(({ from, name, to }) => {
    if (!to) return true;
    return !to.name.startsWith('@module-federation/') && (!added.has(to.dir) || declares(from, name));
  });
}

function declares({ manifest }: InstalledPackage, name: string): boolean {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
  return [dependencies, devDependencies, optionalDependencies, peerDependencies].some((list) => list && name in list);
}

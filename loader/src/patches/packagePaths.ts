import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWhileNeeded } from '../runWhileNeeded';
import { patchProperty, type Patch } from './patchProperty';

type Resolve = (request: string, parent: { filename?: string | null } | undefined, ...rest: unknown[]) => string;
const internals = Module as unknown as { _resolveFilename: Resolve };

const current = new AsyncLocalStorage<Record<string, string>>();
const known = new Map<string, string>();

/**
 * Runs `work` (and everything it starts, until it is done) with the given package names resolving to the given staged
 * folders.
 */
export function runWithPackageDirs<T>(dirs: Record<string, string>, work: () => Promise<T>): Promise<T> {
  // Nothing is staged that could stand in for anything: the start of a portal without bundles needs no context.
  if (known.size === 0 && Object.keys(dirs).length === 0) return work();
  return runWhileNeeded(current, dirs, work);
}

/** Registers the staged folder of a package, for calls from outside a unit's start. */
export function setPackageDir(name: string, dir: string): void {
  known.set(name, dir);
}

/** Forgets a package, unless it has moved on to another folder meanwhile. */
export function deletePackageDir(name: string, dir: string): void {
  if (known.get(name) === dir) known.delete(name);
}

/** Installed anywhere: bundles of `backstage-cli package bundle` contain a copy of their own. */
const BACKEND_PLUGIN_API = /[/\\]node_modules[/\\]@backstage[/\\]backend-plugin-api[/\\]/;

/**
 * Makes `resolvePackagePath('<dynamic plugin>', …)` work: it is `require.resolve('<name>/package.json')` from
 * backend-plugin-api's own folder, where a dynamic plugin is not installed (backend-plugin-api `paths`). Releases before 1.12
 * resolve a file URL, such as `import.meta.url`, in the same way, and get the package that the file lies in. Only that one
 * request, from that one package, is answered; everything else goes to Node.
 */
export function patchPackagePaths(backendPluginApiDir: string): Patch {
  const isAsked = (request: string, from: string): boolean =>
    request.endsWith('/package.json') && (from.startsWith(backendPluginApiDir) || BACKEND_PLUGIN_API.test(from));
  const layer = (next: Resolve): Resolve =>
    function resolveFilename(this: unknown, request, parent, ...rest) {
      if (isAsked(request, parent?.filename ?? '')) {
        const name = request.slice(0, -'/package.json'.length);
        // Inside a start only the unit's own bundles count: a bundle must not stand in for a plugin of the portal.
        const starting = current.getStore();
        const dir = name.startsWith('file:') ? ownerOf(name) : starting ? starting[name] : known.get(name);
        if (dir) return join(dir, 'package.json');
      }
      return next.call(this, request, parent, ...rest);
    };
  return patchProperty(internals, '_resolveFilename', layer);
}

/** The folder of the package that the file of a URL lies in: the nearest one upwards with a package.json, as since 1.12. */
function ownerOf(url: string): string | undefined {
  for (let dir = dirname(fileURLToPath(url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

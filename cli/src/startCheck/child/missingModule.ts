import type { Failure } from '../messages';
import { firstLine, type Thrown } from './errorChain';
import { withoutDir } from './place';

/** A failure that names what could not be resolved, and by whom. */
export interface MissingModule extends Failure {
  details: { missing: string; importer?: string };
}

/** Where the error was met. */
interface Context {
  name: string;
  bundleDir: string;
  /** First own stack line. */
  place: string | undefined;
}

/** What is looked for may be a path with quotes in it. */
const NOT_FOUND = /Cannot find (?:module|package) '(.+?)'(?=$| imported from |\. )/;
const NOT_EXPORTED = /Package subpath '([^']+)' is not defined by "exports" in (.*)\/package\.json/;

/** A resolution error of Node, of `require` or `import`, as MODULE_NOT_FOUND; undefined for any other error. */
export function missingModule(error: Thrown, { name, bundleDir, place }: Context): MissingModule | undefined {
  const text = firstLine(error);
  const hidden = NOT_EXPORTED.exec(text);
  const request = hidden ? `${packageOfDir(hidden[2]!)}${hidden[1]!.slice(1)}` : NOT_FOUND.exec(text)?.[1];
  if (!request) return undefined;
  const parent = error.requireStack?.[0] ?? / imported from (.*)$/.exec(text)?.[1];
  // resolvePackagePath is a require.resolve in backend-plugin-api; its caller is the one that matters.
  const byPackagePath = request.endsWith('/package.json') && /backend-plugin-api[\\/]dist/.test(parent ?? '');
  const parentPath = parent && withoutDir(parent, bundleDir);
  // The first own stack line says more, where it is of the same file: a bundle is one file of many sources.
  const importer = byPackagePath || !parentPath || place?.includes(parentPath) ? place : parentPath;
  const missing = packageOf(withoutDir(request, bundleDir));
  const details = { missing, ...(importer && { importer }) };
  if (byPackagePath) {
    return {
      code: 'MODULE_NOT_FOUND',
      message: `${name} calls resolvePackagePath('${missing}') in ${importer ?? 'its code'}, and the bundle has no such package.`,
      hint: `Call resolvePackagePath with the package name written out, so that the export can answer it from the bundle.`,
      details,
    };
  }
  const why = hidden
    ? 'which the shared package does not export'
    : 'which the bundle neither carries nor declares as peer';
  return {
    code: 'MODULE_NOT_FOUND',
    message: `${name} imports '${withoutDir(request, bundleDir)}' in ${importer ?? 'its code'}, ${why}.`,
    ...(hidden && { hint: 'Use a release of the plugin that fits the installed Backstage packages.' }),
    details,
  };
}

/** `@a/b/c` → `@a/b`, `a/b` → `a`; relative and absolute paths as they are. */
function packageOf(request: string): string {
  if (/^[./\\]/.test(request)) return request;
  const parts = request.split('/');
  return parts.slice(0, request.startsWith('@') ? 2 : 1).join('/');
}

function packageOfDir(dir: string): string {
  return packageOf(dir.slice(dir.lastIndexOf('node_modules/') + 'node_modules/'.length));
}

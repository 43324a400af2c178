import { existsSync, realpathSync } from 'node:fs';
import Module from 'node:module';
import net from 'node:net';
import { join, sep } from 'node:path';

const internals = Module as unknown as {
  _nodeModulePaths(from: string): string[];
  _resolveFilename(request: string, parent: { filename?: string | null } | undefined, ...rest: unknown[]): string;
};

/** What `client: better-sqlite3` makes knex require. */
const DRIVER = 'better-sqlite3';

/** The folders of a start check that resolution is bounded by. */
interface Bounds {
  /** All of them lie in here. */
  dir: string;
  /** Holds links to every shared package. */
  hostDir: string;
}

/**
 * Bounds what is found, for the life of the process: `require` in the bundle looks at no folder above `dir`, whatever
 * lies there; `resolvePackagePath` answers for shared packages only, and not for what happens to be installed beside
 * them; knex gets the database driver of the CLI, as a plugin repository often has none.
 */
export function sealResolution({ dir, hostDir }: Bounds): void {
  const inside = (path: string): boolean => path.startsWith(dir + sep);
  const shared = join(hostDir, 'node_modules');
  const backendPluginApi = realpathSync(join(shared, '@backstage/backend-plugin-api')) + sep;

  const nodeModulePaths = internals._nodeModulePaths;
  internals._nodeModulePaths = (from) => nodeModulePaths(from).filter(inside(from) ? inside : () => true);

  const resolveFilename = internals._resolveFilename;
  internals._resolveFilename = function resolve(request, parent, ...rest) {
    const importer = parent?.filename ?? '';
    // From here it resolves to the CLI's own.
    if (request === DRIVER && !inside(importer)) return resolveFilename.call(this, request, module, ...rest);
    if (request.endsWith('/package.json') && importer.startsWith(backendPluginApi)) {
      if (!existsSync(join(shared, request))) throw notFound(request, importer);
    }
    return resolveFilename.call(this, request, parent, ...rest);
  };
}

/** As Node words it, so that one explanation serves both. */
function notFound(request: string, importer: string): Error {
  const error = new Error(`Cannot find module '${request}'`);
  return Object.assign(error, { code: 'MODULE_NOT_FOUND', requireStack: [importer] });
}

/** Refuses every outgoing connection: an export reaches nothing, and gives the same result everywhere. */
export function sealNetwork(onRefused: (target: string) => void): void {
  net.Socket.prototype.connect = function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    const target = targetOf(args);
    onRefused(target);
    const error = Object.assign(new Error(`connect ENETUNREACH ${target}`), {
      code: 'ENETUNREACH',
      syscall: 'connect',
    });
    process.nextTick(() => this.destroy(error));
    return this;
  };
}

/** The `host:port` or path in the arguments of `connect`, which Node's own callers pass as one normalised array. */
function targetOf(args: unknown[]): string {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as { path?: string; host?: string; port?: number };
    return path ?? `${host ?? 'localhost'}:${port}`;
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return first;
  return `${typeof second === 'string' ? second : 'localhost'}:${String(first)}`;
}

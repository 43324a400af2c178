import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LIMIT_MS = 20_000;
const FIELDS = ['name', 'version', 'dependencies', 'optionalDependencies', 'peerDependencies'];

/** What a registry lists of a version, as far as it says what the version needs. */
export interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** What `npm view` says of a spec, as seen from `cwd`, of several versions the newest; undefined where it cannot say. */
export async function viewPackage(
  spec: string,
  npm: { command: string; leading: string[] },
  options: { cwd: string; env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<Manifest | undefined> {
  try {
    const args = [...npm.leading, 'view', spec, ...FIELDS, '--json', '--loglevel=silent'];
    const { stdout } = await promisify(execFile)(npm.command, args, { ...options, timeout: LIMIT_MS });
    const found = JSON.parse(stdout) as Manifest | Manifest[];
    return Array.isArray(found) ? found.at(-1) : found;
  } catch {
    return undefined;
  }
}

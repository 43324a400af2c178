import { join } from 'node:path';
import type { Connection } from '../http/dispatcher';

/** Settings in the form that npm's own packages take. */
export type NpmSettings = Record<string, unknown>;

/** Gives the settings of npm seen from a folder. */
export type ReadNpmSettings = (cwd: string) => Promise<NpmSettings>;

const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/**
 * Makes a reader of what npm is configured with, seen from a folder: the .npmrc files of project, user and machine, and
 * NPM_CONFIG_ variables. It reads once for each folder, and needs no npm.
 */
export function npmSettingsReader(): ReadNpmSettings {
  const known = new Map<string, Promise<NpmSettings>>();
  return async (cwd) => {
    const settings = known.get(cwd) ?? readSettings(cwd);
    known.set(cwd, settings);
    return await settings;
  };
}

/** The registry of a package, or the default one for none, with a slash at its end. */
export function registryOf(name: string | undefined, settings: NpmSettings): string {
  const scope = name !== undefined && /^(@[^/]+)\//.exec(name)?.[1];
  const configured = (scope && settings[`${scope}:registry`]) || settings.registry || PUBLIC_REGISTRY;
  return `${String(configured).trim().replace(/\/+$/, '')}/`;
}

/** How npm would connect with these settings. */
export function npmConnection(settings: NpmSettings): Connection {
  const { ca, cert, key, httpsProxy, proxy, noProxy, localAddress } = settings;
  const authorities = [ca ?? []].flat().filter((one) => typeof one === 'string');
  // Of these two, npm takes one for everything.
  const [first] = [httpsProxy, proxy].filter((one) => one !== undefined && one !== null && one !== '');
  return {
    ...(authorities.length > 0 && { authorities }),
    ...(typeof cert === 'string' && { cert }),
    ...(typeof key === 'string' && { key }),
    ...((typeof first === 'string' || first === false) && { proxy: first }),
    ...(typeof noProxy === 'string' && noProxy !== '' && { noProxy }),
    ...(typeof localAddress === 'string' && { localAddress }),
  };
}

async function readSettings(cwd: string): Promise<NpmSettings> {
  const { default: Config } = await import('@npmcli/config');
  // CommonJS of which Node.js cannot tell all exports by name.
  const { default: known } = await import('@npmcli/config/lib/definitions/index.js');
  const { definitions, shorthands, flatten, nerfDarts } = known;
  const config = new Config({
    definitions,
    shorthands,
    flatten,
    nerfDarts,
    // A place without an npm: its own settings file is not ours to follow.
    npmPath: join(cwd, '.no-npm'),
    // It writes what it finds into the environment, for scripts that npm would run.
    env: { ...process.env },
    // A user's settings for global installs are not about this folder.
    argv: [process.execPath, 'stagedoor', '--global=false', '--location=user'],
    cwd,
    warn: false,
  });
  await config.load();
  return config.flat;
}

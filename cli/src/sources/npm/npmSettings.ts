import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceContext } from '../../install/source';
import { authoritiesWith } from '../../http/authorities';
import { temporaryFolder } from '../../temporary/temporaryFolder';

/** Settings in the form that npm's own packages take. */
export type NpmSettings = Record<string, unknown>;

/**
 * What npm is configured with, seen from `cwd`: the .npmrc files of project, user and machine, and NPM_CONFIG_ variables.
 * No npm is needed. Throws CA_INVALID. The cache is npm's own where that can be written, otherwise one that ends with this process.
 */
export async function npmSettings({ cwd, ca, insecure }: SourceContext): Promise<NpmSettings> {
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
  const { flat } = config;
  const trust = {
    // In npm's own settings, authorities take the place of those that Node.js knows.
    ...(ca !== undefined && { ca: [...(await authoritiesWith(ca)), ...[flat.ca ?? []].flat()] }),
    ...(insecure && { strictSSL: false }),
  };
  return { ...flat, ...trust, cache: await writableCache(flat.cache), preferOnline: true };
}

async function writableCache(cache: unknown): Promise<string> {
  if (typeof cache === 'string') {
    try {
      await mkdir(cache, { recursive: true });
      await access(cache, constants.W_OK);
      return cache;
    } catch {
      // A read-only home is common in containers.
    }
  }
  return (await temporaryFolder('npm')).dir;
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a portal is started, and the config files that it reads there by default. */
export interface PortalPlace {
  dir: string;
  /** Empty if there is no portal. */
  config: string[];
}

const CONFIG_FILES = ['app-config.yaml', 'app-config.local.yaml'];
/** Where create-app puts the backend. */
const BACKEND = 'packages/backend';

/**
 * Where the portal in `folder` is started: there, or in an app of create-app, whose config files are in the root folder, in its
 * backend package. `folder` may be either of the two.
 */
export function locatePortal(folder: string): PortalPlace {
  const backend = join(folder, BACKEND);
  const config = configFilesIn(folder);
  if (config.length > 0) return { dir: isBackend(backend) ? backend : folder, config };
  return { dir: folder, config: isBackend(folder) ? configFilesAbove(folder) : [] };
}

function configFilesAbove(folder: string): string[] {
  const parent = dirname(folder);
  if (parent === folder) return [];
  const config = configFilesIn(parent);
  return config.length > 0 ? config : configFilesAbove(parent);
}

function configFilesIn(folder: string): string[] {
  const files = CONFIG_FILES.map((file) => join(folder, file));
  return existsSync(files[0]!) ? files.filter((file) => existsSync(file)) : [];
}

/** True for a package with the role `backend`; one that cannot be read is none. */
function isBackend(dir: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { backstage?: { role?: unknown } };
    return manifest.backstage?.role === 'backend';
  } catch {
    return false;
  }
}

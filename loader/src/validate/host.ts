import type { HostManifest, SharedPackage } from '@stagedoor/bundle';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Describes the running host. The search for `backstage.json` begins at `cwd`. */
export function describeHost(shared: readonly SharedPackage[], cwd: string): HostManifest {
  return {
    backstage: backstageRelease(cwd),
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    abi: process.versions.modules,
    shared: Object.fromEntries(shared.map(({ name, version }) => [name, version])),
  };
}

/** `version` of the nearest `backstage.json` upwards, the file that Backstage's own tools keep. */
function backstageRelease(cwd: string): string | undefined {
  for (let dir = cwd; ; dir = dirname(dir)) {
    const file = join(dir, 'backstage.json');
    if (existsSync(file)) {
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
      return typeof version === 'string' ? version : undefined;
    }
    if (dirname(dir) === dir) return undefined;
  }
}

import { SHARED_ROOT, backstageRelease, type HostManifest, type SharedPackage } from '@stagedoor/bundle';

/** Describes the running host. The search for `backstage.json` begins at `cwd`. */
export function describeHost(shared: readonly SharedPackage[], cwd: string): HostManifest {
  const release = backstageRelease(cwd, shared.find(({ name }) => name === SHARED_ROOT)?.version);
  return {
    ...(release && { backstage: release.version, backstageFrom: release.source }),
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    abi: process.versions.modules,
    shared: Object.fromEntries(shared.map(({ name, version }) => [name, version])),
  };
}

import {
  SHARED_ROOT,
  appInterfacesOf,
  appPackages,
  backstageRelease,
  type HostManifest,
  type SharedPackage,
} from '@stagedoor/bundle';

/**
 * Describes the running host. The search for `backstage.json` begins at `cwd`; `appDir` is the folder of the app, where it is installed.
 * Of an app without packages beside it, the release tells what it has.
 */
export function describeHost(shared: readonly SharedPackage[], cwd: string, appDir: string | undefined): HostManifest {
  const release = backstageRelease(cwd, shared.find(({ name }) => name === SHARED_ROOT)?.version);
  const app = { ...(release && appInterfacesOf(release.version)), ...(appDir !== undefined && appPackages(appDir)) };
  return {
    ...(release && { backstage: release.version, backstageFrom: release.source }),
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    abi: process.versions.modules,
    shared: Object.fromEntries(shared.map(({ name, version }) => [name, version])),
    app,
  };
}

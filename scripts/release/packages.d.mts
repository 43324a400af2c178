export interface WorkspacePackage {
  manifest: { name: string; dependencies?: Record<string, string>; peerDependencies?: Record<string, string> };
}
/** See packages.mjs. */
export function inDependencyOrder<T extends WorkspacePackage>(packages: T[]): T[];
/** See packages.mjs. */
export function publishedPackages(): WorkspacePackage[];

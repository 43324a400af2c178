/** A portal's description of itself, which bundles are checked against when they are exported and before they are loaded. */
export interface HostManifest {
  /** Release of Backstage; unknown where neither `backstage.json` nor the installed packages tell. */
  backstage?: string;
  /** How the release is known. */
  backstageFrom?: 'backstage.json' | 'installed';
  /** Version of Node.js, without the `v`. */
  node: string;
  platform: string;
  arch: string;
  /** Node's ABI number (`process.versions.modules`). */
  abi: string;
  /** Versions of the shared packages by name. */
  shared: Record<string, string>;
  /** Versions of the packages that its app and frontend plugins have in common, by name, as far as they are known. */
  app?: Record<string, string>;
}

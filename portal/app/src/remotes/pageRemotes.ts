/** What became of a remote when this page was loaded. */
export interface PageRemote {
  packageName: string;
  version: string;
  digest: string;
  /** Why it is not part of the page. */
  failure?: string;
}

/** The remotes of this page: they are loaded once, before the app starts. */
export const pageRemotes: PageRemote[] = [];

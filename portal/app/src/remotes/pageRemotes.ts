/** What became of a remote when this page was loaded. */
export interface PageRemote {
  packageName: string;
  version: string;
  digest: string;
  /** Why it is not part of the page, or not with all that it has. */
  failure?: string;
}

/** The remotes of this page: they are loaded once, before the app starts. */
export const pageRemotes: PageRemote[] = [];

/** Notes why a remote of the page failed; the first reason stays. */
export function noteFailure(packageName: string, failure: string): void {
  const found = pageRemotes.find((remote) => remote.packageName === packageName);
  if (found) found.failure ??= failure;
}

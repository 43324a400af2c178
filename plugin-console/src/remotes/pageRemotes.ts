/** What became of a remote when this page was loaded. */
export interface PageRemote {
  packageName: string;
  version?: string;
  digest?: string;
  /** Why it is not part of the page, or not with all that it has. */
  failure?: string;
}

/** The remotes of this page: they are loaded once, before the app starts. */
export interface PageRemotes {
  /** False until they are known. */
  listed: boolean;
  remotes: readonly PageRemote[];
}

let page: PageRemotes = { listed: false, remotes: [] };
const listeners = new Set<() => void>();

/** What is known of the remotes of this page. */
export function pageRemotes(): PageRemotes {
  return page;
}

/** Has `changed` called whenever {@link pageRemotes} changes, until what it gives is called. */
export function onPageRemotes(changed: () => void): () => void {
  listeners.add(changed);
  return () => void listeners.delete(changed);
}

/** Says which remotes the page has. What was said first stays. */
export function notePage(remotes: readonly PageRemote[]): void {
  if (page.listed) return;
  const failed = new Map(page.remotes.map((remote) => [remote.packageName, remote]));
  const listed = remotes.map(({ packageName, version, digest, failure }) => {
    const reason = failed.get(packageName)?.failure ?? failure;
    failed.delete(packageName);
    return { packageName, version, digest, failure: reason };
  });
  change({ listed: true, remotes: [...listed, ...failed.values()] });
}

/** Notes why a remote of the page failed; the first reason stays. */
export function noteFailure(packageName: string, failure: string): void {
  const found = page.remotes.find((remote) => remote.packageName === packageName);
  if (found?.failure !== undefined) return;
  const others = page.remotes.filter((remote) => remote !== found);
  change({ ...page, remotes: [...others, { ...found, packageName, failure }] });
}

function change(to: PageRemotes): void {
  page = to;
  for (const changed of listeners) changed();
}

const KEY = 'stagedoor.reloadedFor';

/** Reloads the page for what has changed, but not twice for the same: a page that gets no newer one says so instead. */
export function reloadOnce(digests: string): void {
  if (sessionStorage.getItem(KEY) === digests) return;
  sessionStorage.setItem(KEY, digests);
  window.location.reload();
}

import fs from 'node:fs';
import { patchProperty, type Patch } from './patchProperty';

/**
 * Makes Node.js resolve links correctly whatever was looked at before. `fs.realpathSync` stops at the first folder it already
 * knows if the last synchronous `stat` of the thread, by any code, was one of a pipe or socket (`statValues` in Node's
 * lib/fs.js). It then returns the path with its links. Staged bundles find shared packages through links: they would get a
 * second copy of a package, which does not find its own dependencies.
 */
export function patchRealPaths(): Patch {
  const layer = (next: typeof fs.realpathSync): typeof fs.realpathSync =>
    function realpathSync(path: fs.PathLike, options?: fs.EncodingOption) {
      forgetLastStat(path);
      return next(path, options);
    } as typeof fs.realpathSync;
  return patchProperty(fs, 'realpathSync', layer);
}

/** Replaces the result of the last synchronous `stat` that Node.js keeps by that of a file or folder. */
export function forgetLastStat(path: fs.PathLike): void {
  try {
    fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // The call that follows reports it.
  }
}

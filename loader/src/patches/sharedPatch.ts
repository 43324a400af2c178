import type { Patch } from './patchProperty';

/** A patch that is applied once, however many users it has: from the first use until the last dispose. */
export function sharedPatch(install: () => Patch): () => Patch {
  let holders = 0;
  let installed: Patch | undefined;
  return () => {
    holders++;
    installed ??= install();
    let held = true;
    return {
      dispose: () => {
        if (!held) return;
        held = false;
        holders--;
        if (holders > 0) return;
        installed?.dispose();
        installed = undefined;
      },
    };
  };
}

import type { Patch } from './patchProperty';

/** A patch that is there once, however many need it: from the first who takes it until the last has disposed of it. */
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

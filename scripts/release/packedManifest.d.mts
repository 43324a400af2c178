/** See packedManifest.mjs. */
export function packedManifest(
  manifest: object,
  options: {
    folder: string;
    siblings: Map<string, string>;
    project?: { repository?: string; homepage?: string; bugs?: string };
    left?: string[];
  },
): Record<string, unknown>;

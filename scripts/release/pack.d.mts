import type { WorkspacePackage } from './packages.mjs';

/** See pack.mjs. */
export function packAll(
  packages: WorkspacePackage[],
  options: { out: string; project: Record<string, unknown> },
): Promise<Array<{ name: string; version: string; file: string }>>;

import type { BuildFailure } from 'esbuild';
import { join } from 'node:path';

const UNRESOLVED = /^Could not resolve "([^"]+)"/;

/** An import that did not resolve: what was asked for, and by which file (absolute). */
export interface Unresolved {
  specifier: string;
  importer: string;
}

/** True for what esbuild rejects with. */
export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** The bare imports among the failures of a build in `root`; undefined when there is any other failure. */
export function unresolvedPackages(failure: BuildFailure, root: string): Unresolved[] | undefined {
  const found: Unresolved[] = [];
  for (const error of failure.errors) {
    const specifier = UNRESOLVED.exec(error.text)?.[1];
    if (!specifier || /^[./]/.test(specifier) || !error.location) return undefined;
    found.push({ specifier, importer: join(root, error.location.file) });
  }
  return found;
}

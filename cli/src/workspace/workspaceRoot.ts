import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isBackendRole } from '@stagedoor/bundle';
import { packageJsonObject } from '../export/source/packageJsonObject';
import { workspaceInvalid } from './errors';

/** A folder that holds the packages of a workspace. */
export interface WorkspaceRoot {
  /** Absolute. */
  dir: string;
  /** Globs of package folders as npm, Yarn and pnpm write them; a leading `!` excludes. */
  patterns: string[];
  /** The file that names them. */
  file: string;
}

interface RootManifest {
  backstage?: unknown;
  workspaces?: unknown;
}

/**
 * What makes `dir` the root of a workspace: `pnpm-workspace.yaml`, or `workspaces` in package.json, as an array or as
 * `{packages: []}`. Undefined if `dir` is a plugin package or no workspace. Throws WORKSPACE_INVALID and PACKAGE_JSON_INVALID.
 */
export async function readWorkspaceRoot(dir: string): Promise<WorkspaceRoot | undefined> {
  const packageFile = join(dir, 'package.json');
  const text = await readIfPresent(packageFile);
  // The root of a workspace often has neither name nor version: it is not read as a package.
  const manifest: RootManifest = text === undefined ? {} : packageJsonObject(text, packageFile);
  const role = isRecord(manifest.backstage) ? manifest.backstage.role : undefined;
  if (typeof role === 'string' && isBackendRole(role)) return undefined;
  const pnpmFile = join(dir, 'pnpm-workspace.yaml');
  const pnpm = await readIfPresent(pnpmFile);
  if (pnpm !== undefined) {
    const packages = await pnpmPackages(pnpm, pnpmFile);
    // Since pnpm 10 the file may hold settings only.
    if (packages !== undefined) return { dir, patterns: patterns(packages, 'packages', pnpmFile), file: pnpmFile };
  }
  if (manifest.workspaces === undefined) return undefined;
  const { workspaces } = manifest;
  const list = isRecord(workspaces) ? workspaces.packages : workspaces;
  return { dir, patterns: patterns(list, 'workspaces', packageFile), file: packageFile };
}

async function pnpmPackages(text: string, file: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text);
    return isRecord(value) ? value.packages : undefined;
  } catch (cause) {
    throw workspaceInvalid(file, ` is not YAML: ${(cause as Error).message}`, cause);
  }
}

function patterns(value: unknown, field: string, file: string): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw workspaceInvalid(file, `: ${field} is not a list of folders.`);
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw workspaceInvalid(file, `: ${(cause as Error).message}`, cause);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { packageJsonObject } from '../export/source/packageJsonObject';
import type { WorkspaceRoot } from './workspaceRoot';

/** A package of a workspace. */
export interface Member {
  /** Absolute path of its folder. */
  dir: string;
  /** The same relative to the root, `/`-separated. */
  folder: string;
  name?: string;
  /** Its package.json; undefined if that is not a JSON object. */
  manifest?: MemberManifest;
}

/** What is read of a member; nothing in it is checked. */
export interface MemberManifest {
  name?: unknown;
  backstage?: { role?: unknown };
  stagedoor?: { format?: unknown };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Bundles are packages too, and lie inside the packages they were made from. */
const NOT_SOURCE = ['**/node_modules/**', '**/dist-dynamic/**'];

/** The packages that the globs of a workspace name, without its root. */
export async function readMembers(root: WorkspaceRoot): Promise<Member[]> {
  const { glob } = await import('tinyglobby');
  const wanted = root.patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = root.patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const files = await glob(wanted.map(packageFile), {
    cwd: root.dir,
    absolute: true,
    expandDirectories: false,
    ignore: [...NOT_SOURCE, ...unwanted.map(packageFile)],
  });
  return await Promise.all(files.map((file) => readMember(file, root.dir)));
}

function packageFile(pattern: string): string {
  return `${pattern.replace(/^\.\//, '').replace(/\/+$/, '')}/package.json`;
}

async function readMember(file: string, root: string): Promise<Member> {
  const dir = dirname(file);
  const folder = relative(root, dir).replaceAll('\\', '/');
  try {
    const manifest: MemberManifest = packageJsonObject(await readFile(file, 'utf8'), file);
    return { dir, folder, name: typeof manifest.name === 'string' ? manifest.name : undefined, manifest };
  } catch {
    return { dir, folder };
  }
}

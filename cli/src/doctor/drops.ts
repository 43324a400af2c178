import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isDropName,
  isFrontendRole,
  readPackageJson,
  remoteFault,
  type PublicKey,
  type StagedoorError,
} from '@stagedoor/bundle';
import { verifyTarget } from '../signing/verifyTarget';
import { findingOf, type Finding } from './finding';

const ARCHIVE = /\.(tgz|tar\.gz)$/;

/** Findings about the bundles in a root directory: their files, and the signatures if there are trusted keys. */
export async function examineDrops(
  root: string,
  trusted: readonly PublicKey[],
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const held = new Map<string, string>();
  for (const entry of (await readdir(root)).filter(isDropName).sort()) {
    const path = join(root, entry);
    if (!(await isDrop(path))) {
      const message = 'It is neither a folder nor an archive, so the portal ignores it.';
      findings.push({ level: 'warning', subject: path, message, fix: 'Remove it.' });
      continue;
    }
    const fault = await frontendFault(path);
    if (fault) findings.push(findingOf(fault, path, 'error'));
    try {
      const { name, version } = await verifyTarget(path, trusted, { cwd: root, signal });
      const other = held.get(name);
      if (other !== undefined) {
        const message = `It contains ${name} ${version}, and so does ${other}: the highest version runs; among equals, the last by name.`;
        findings.push({ level: 'warning', subject: path, message, fix: 'Remove the one that you do not need.' });
      }
      held.set(name, entry);
    } catch (error) {
      signal?.throwIfAborted();
      findings.push(findingOf(error, path, isForeign(error) && trusted.length === 0 ? 'warning' : 'error'));
    }
  }
  return findings;
}

/** Errors that keep apps from loading a folder with a frontend plugin, of any exporter. Other checks report its other errors. */
async function frontendFault(path: string): Promise<StagedoorError | undefined> {
  const pkg = await readPackageJson(path).catch(() => undefined);
  return pkg && isFrontendRole(pkg.backstage?.role ?? '') ? remoteFault(pkg.name, path) : undefined;
}

async function isDrop(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  return info !== undefined && (info.isDirectory() || ARCHIVE.test(path));
}

/** Other tools write no manifest; the portal runs what they make, unless it asks for signatures. */
function isForeign(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'MANIFEST_MISSING';
}

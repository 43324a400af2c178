import { StagedoorError } from '@stagedoor/bundle';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { PackageRequest, Resolved, SourceContext } from '../../../cli/src/install/source';
import { createSources } from '../../../cli/src/sources/sources';
import { tempDir } from '../../support/tempDir';
import { filesOf } from '../export/exportSupport';

/** A package that was resolved and fetched. */
export interface Fetched {
  resolved: Resolved;
  /** Where it was left. */
  dir: string;
  /** The folder that it was to be left below. */
  folder: string;
}

const sources = createSources();

/** What the one source that accepts it makes of a package. */
export async function resolvePackage(
  request: Partial<PackageRequest> & { package: string },
  context: Partial<SourceContext> = {},
): Promise<Resolved> {
  const accepting = sources.filter((source) => source.accepts(request.package));
  if (accepting.length !== 1) throw new Error(`${accepting.length} sources accept ${request.package}`);
  return await accepting[0]!.resolve({ pullPolicy: 'Always', ...request }, { cwd: '/', ...context });
}

/**
 * Fetches a package that is refused for what it says of itself: what it was judged by, and the files that were unpacked by
 * then or later.
 */
export async function refusePackage(
  request: Partial<PackageRequest> & { package: string },
  context: Partial<SourceContext> = {},
): Promise<{ judged: string[]; unpacked: string[] }> {
  const folder = await tempDir();
  let judged: string[] = [];
  const admit = async (dir: string): Promise<void> => {
    judged = await filesOf(dir);
    throw new StagedoorError('SIGNATURE_MISSING', 'Nobody signed it.');
  };
  const resolved = await resolvePackage(request, context);
  const source = sources.find(({ accepts }) => accepts(request.package))!;
  await expect(source.fetch(resolved, folder, { cwd: '/', ...context, admit })).rejects.toMatchObject({
    code: 'SIGNATURE_MISSING',
  });
  const unpacked = (await filesOf(folder)).filter((file) => file.endsWith('package.json'));
  return { judged, unpacked };
}

/** Resolves and fetches a package into a fresh folder. */
export async function fetchPackage(
  request: Partial<PackageRequest> & { package: string },
  context: Partial<SourceContext> = {},
): Promise<Fetched> {
  const resolved = await resolvePackage(request, context);
  const parent = await tempDir();
  const folder = join(await mkdtemp(join(parent, 'staging-')), 'download');
  await mkdir(folder);
  const source = sources.find(({ accepts }) => accepts(request.package))!;
  return { resolved, dir: await source.fetch(resolved, folder, { cwd: '/', ...context }), folder };
}

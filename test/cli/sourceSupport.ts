import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageRequest, Resolved, SourceContext } from '../../cli/src/install/source';
import { createSources } from '../../cli/src/sources/sources';
import { tempDir } from '../support/tempDir';

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

import { packBundle, packName } from '@stagedoor/bundle';
import { dirname, join } from 'node:path';
import type { ExportOptions } from '../plan/options';
import type { ExportedPackage } from '../plan/plan';
import type { Staging } from './stagingFolder';

/** Where a finished bundle is. */
export interface PlacedOutput {
  /** Absolute path of the bundle folder. */
  path: string;
  /** Absolute path of the `.tgz`, with its `sha512-…` integrity, where one was asked for. */
  archive?: string;
  integrity?: string;
}

/** Packs the staged bundle, where that is asked for, and puts the folder and the archive in place of older ones. */
export async function placeOutput(
  staging: Staging,
  { name, pkg }: ExportedPackage,
  out: string,
  { pack, onStep, signal }: ExportOptions,
): Promise<PlacedOutput> {
  if (!pack) {
    await staging.commit();
    return { path: out };
  }
  const archive = join(dirname(out), `${packName(name)}-${pkg.version}.tgz`);
  onStep?.('pack', archive);
  const { integrity } = await packBundle(staging.dir, staging.archive);
  signal?.throwIfAborted();
  await staging.commit(archive);
  return { path: out, archive, integrity };
}

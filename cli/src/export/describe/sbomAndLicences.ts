import { SBOM_FILE } from '@stagedoor/bundle';
import type { Locked } from '../source/lockfile/lockfile';
import type { Staging } from '../output/stagingFolder';
import type { Plan } from '../plan/plan';
import { bundledPackages, type Sources } from './bundledPackages';
import { IntegrityReader } from './integrity';
import { sbom } from './sbom';
import { LICENCES_FILE, thirdPartyLicences } from './thirdPartyLicences';

/** What is in a bundle, and where it came from. */
export interface MaterialSources extends Sources {
  /** The lockfile's entries by package folder. */
  locked: ReadonlyMap<string, Locked>;
}

/** Writes what a bundle is made of into `staging`: the SBOM and the licence texts. */
export async function writeMaterials(staging: Staging, plan: Plan, sources: MaterialSources): Promise<void> {
  const bundled = bundledPackages(plan, sources);
  const integrity = new IntegrityReader(plan.workspace, sources.locked);
  const [bill, licences] = await Promise.all([
    sbom(plan, bundled, integrity),
    thirdPartyLicences(plan, bundled.packages),
  ]);
  await staging.write(SBOM_FILE, bill);
  await staging.write(LICENCES_FILE, licences);
}

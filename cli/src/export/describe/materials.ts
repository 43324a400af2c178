import { SBOM_FILE } from '@stagedoor/bundle';
import type { Staging } from '../output';
import type { Plan } from '../plan';
import { bundledPackages, type Sources } from './bundledPackages';
import { sbom } from './sbom';
import { LICENCES_FILE, thirdPartyLicences } from './thirdPartyLicences';

/** Writes what a bundle is made of into `staging`: the SBOM and the licence texts. */
export async function writeMaterials(staging: Staging, plan: Plan, sources: Sources): Promise<void> {
  const bundled = bundledPackages(plan, sources);
  const [bill, licences] = await Promise.all([sbom(plan, bundled), thirdPartyLicences(plan, bundled.packages)]);
  await staging.write(SBOM_FILE, bill);
  await staging.write(LICENCES_FILE, licences);
}

import { SBOM_FILE } from '@stagedoor/bundle';
import type { Staging } from '../output/stagingFolder';
import type { ExportContext } from '../plan/exportContext';
import { bundledPackages } from './bundledPackages';
import type { BundleParts } from './bundleParts';
import { IntegrityReader } from './integrity';
import { sbom } from './sbom';
import { LICENCES_FILE, thirdPartyLicences } from './thirdPartyLicences';

/** Writes what a bundle is made of into `staging`: the SBOM and the licence texts. */
export async function writeSbomAndLicences(
  staging: Staging,
  parts: BundleParts,
  context: ExportContext,
): Promise<void> {
  const { plan } = context;
  const bundled = bundledPackages(parts, context);
  const integrity = new IntegrityReader(plan.workspace, parts.locked);
  const [bill, licences] = await Promise.all([
    sbom(plan, bundled, integrity),
    thirdPartyLicences(plan, bundled.packages),
  ]);
  await staging.write(SBOM_FILE, bill);
  await staging.write(LICENCES_FILE, licences);
}

import type { ExportedPackage } from '../plan/plan';
import type { BundledPackage } from './bundledPackages';
import { declaredLicence, licenceTexts } from './licences';

/** File name of the licence texts, at the top of a bundle. */
export const LICENCES_FILE = 'THIRD_PARTY_LICENSES';

const RULE = `\n${'-'.repeat(80)}\n`;

/**
 * The licence and notice texts of every package in the bundle, in the order given. A text that several packages share
 * word for word is printed once.
 */
export async function thirdPartyLicences(plan: ExportedPackage, packages: readonly BundledPackage[]): Promise<string> {
  const title = `Third-party packages in ${plan.name}@${plan.pkg.version}: ${packages.length || 'none'}\n`;
  const texts = await Promise.all(packages.map((entry) => licenceTexts(entry.package.dir)));
  const firstWith = new Map<string, string>();
  const sections = packages.map(({ id, package: { manifest } }, index) => {
    const files = texts[index]!.map(({ file, text }) => {
      const first = firstWith.get(text);
      if (first === undefined) firstWith.set(text, id);
      return first === undefined ? `${file}:\n\n${text}\n` : `${file}: the same text as for ${first} above.\n`;
    });
    const body = files.length > 0 ? files.join('\n') : 'The package comes without a licence file.\n';
    return `${RULE}${id}\nLicence: ${declaredLicence(manifest)}\n\n${body}`;
  });
  return [title, ...sections].join('');
}

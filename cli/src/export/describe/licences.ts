import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledManifest } from '../source/installedPackage';

/** A licence as CycloneDX states it. */
export type StatedLicence = { license: { id: string } } | { license: { name: string } } | { expression: string };

/** What stands for a licence where package.json has none. */
const NOT_STATED = 'not stated';

/** The licence that a package.json declares, in the older forms too, as text; `not stated` where there is none. */
export function declaredLicence({ license, licenses }: InstalledManifest): string {
  const declared = [license ?? licenses ?? []].flat().map((entry: unknown) => {
    const value = typeof entry === 'object' && entry !== null ? (entry as { type?: unknown }).type : entry;
    return typeof value === 'string' ? value.trim() : '';
  });
  const texts = declared.filter((text) => text !== '');
  return texts.length > 1 ? `(${texts.join(' OR ')})` : (texts[0] ?? NOT_STATED);
}

/** A declared licence as SPDX id or expression, or by name where it is neither. */
export async function statedLicence(declared: string): Promise<StatedLicence> {
  const { default: parse } = await import('spdx-expression-parse');
  try {
    const parsed = parse(declared);
    const single =
      'license' in parsed && !parsed.plus && !('exception' in parsed) && !/^(LicenseRef|DocumentRef)-/.test(declared);
    return single ? { license: { id: parsed.license } } : { expression: declared };
  } catch {
    return { license: { name: declared } };
  }
}

/** The licence and notice texts at the top of a package folder, sorted by file name. */
export async function licenceTexts(dir: string): Promise<Array<{ file: string; text: string }>> {
  const entries = await readdir(dir, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && isLicenceFile(entry.name))
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(dir, file), 'utf8');
      return {
        file,
        text: text
          .replace(/^\uFEFF/, '')
          .replace(/\r\n?/g, '\n')
          .trim(),
      };
    }),
  );
}

/** LICENSE, LICENCE.md, NOTICE.txt, COPYING, LICENSE-MIT, but not license.json or a script. */
function isLicenceFile(name: string): boolean {
  return (
    /^(un)?(licen[cs]es?|notices?|copying|third[-_]?party[-_]?.*)([-._].*)?$/i.test(name) &&
    !/\.([cm]?[jt]sx?|json|html?|map)$/i.test(name)
  );
}

import type { Contents } from './bundle/bundleContents';
import type { ExportResult, InlinedSummary } from './result';

/** The part of the result that the bundle folder determines. */
export type Filled = Omit<ExportResult, 'path' | 'archive' | 'integrity' | 'durationMs'>;

/** What is inlined, heaviest first; one entry per name and version: npm may have installed a package several times. */
export function inlinedSummary({ inlined }: Pick<Contents, 'inlined'>): InlinedSummary[] {
  const byId = new Map<string, InlinedSummary>();
  for (const { package: pkg, bytes } of inlined.values()) {
    const entry = byId.get(`${pkg.name}@${pkg.version}`) ?? { name: pkg.name, version: pkg.version, bytes: 0 };
    entry.bytes += bytes;
    byId.set(`${pkg.name}@${pkg.version}`, entry);
  }
  return [...byId.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

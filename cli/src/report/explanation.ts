import type { ChainLink } from '../export/explain/chains';
import type { ExplainedPackage } from '../export/explain/explain';
import { formatBytes } from './size';

/** Decisions about packages, line by line: each with the import chains that lead to it. */
export function explanationLines(packages: readonly ExplainedPackage[]): string[] {
  return packages.flatMap(({ name, version, decision, reason, bytes, chains }) => {
    const size = bytes === undefined ? '' : ` (${formatBytes(bytes)})`;
    const verdict = decision === 'none' ? 'not in the bundle' : decision;
    return [`${titled(name, version)} ${verdict}${size}: ${reason}`, ...chains.flatMap(chainLines)];
  });
}

function chainLines(chain: readonly ChainLink[]): string[] {
  return chain.map(({ name, version }, depth) => {
    const importer = chain[depth - 1]?.file;
    const branch = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `;
    return `  ${branch}${titled(name, version)}${importer === undefined ? '' : `  (${importer})`}`;
  });
}

function titled(name: string, version: string | undefined): string {
  return version === undefined ? name : `${name}@${version}`;
}

import type { StatsError } from '@rspack/core';
import { StagedoorError, isInside } from '@stagedoor/bundle';
import { foreignBuildHint } from '../plan/foreignBuildHint';
import { packageOfImport, type PackageFinder } from '../source/installedPackage';
import type { ExportedPackage } from '../plan/plan';
import { installCommand } from '../source/workspace';
import { moduleFile, withoutEscapes } from './remoteModules';

const UNRESOLVED = /Can't resolve '([^']+)'/;
const BARE = /^[^./]/;
/** The first line of an excerpt of source that has a mark below it. */
const MARKED = /(\d+) │ [^\n]*\n\s*· ( *)\S/;
// eslint-disable-next-line no-control-regex -- Rspack colours its messages
const COLOURS = /\u001b\[[0-9;]*m/g;

/** The coded error for a build that failed: DEPENDENCY_NOT_INSTALLED where all that is wrong is that, or BUILD_FAILED. */
export function explainRemoteFailure(
  errors: readonly StatsError[],
  exported: ExportedPackage,
  finder: PackageFinder,
): StagedoorError {
  const { workspace } = exported;
  const lines = errors.map((error) => {
    const text = plain(error.message).replaceAll(`${workspace.root}/`, '');
    const specifier = UNRESOLVED.exec(text)?.[1];
    const missing = specifier !== undefined && BARE.test(specifier) ? packageOfImport(specifier) : undefined;
    const file = moduleFile(error.moduleIdentifier ?? '');
    const by = (file && finder.ofFile(file)?.name) ?? 'the plugin';
    const [, line, indent = ''] = MARKED.exec(text) ?? [];
    const at = line === undefined ? '' : `:${line}:${indent.length + 1}`;
    const place = error.moduleName ? `${plain(error.moduleName).replace(/^\.\//, '')}${at}: ` : '';
    return {
      file,
      missing,
      text: missing ? `${missing} is not installed; ${by} imports it.` : `${place}${text.trim()}`,
    };
  });
  const message = [...new Set(lines.map(({ text }) => text))].join('\n');
  if (lines.some(({ missing }) => missing === undefined)) {
    const files = lines.flatMap(({ file }) => file ?? []);
    return new StagedoorError('BUILD_FAILED', message, { hint: foreignBuildHint(files, exported, finder) });
  }
  return new StagedoorError('DEPENDENCY_NOT_INSTALLED', message, {
    hint: `Run \`${installCommand(workspace)}\` in ${workspace.root}.`,
  });
}

/** What Rspack warns of in the source of the plugin itself, one line each: packages that work all the same cause many. */
export function ownWarnings(warnings: readonly StatsError[], { dir, workspace }: ExportedPackage): string[] {
  return warnings
    .filter(({ moduleIdentifier }) => {
      const file = moduleFile(moduleIdentifier ?? '');
      return file !== undefined && isInside(dir, file) && !/[\\/]node_modules[\\/]/.test(file.slice(dir.length));
    })
    .map(({ message }) => plain(message).replaceAll(`${workspace.root}/`, '').trim().split('\n')[0]!);
}

function plain(text: string): string {
  return withoutEscapes(text.replace(COLOURS, ''));
}

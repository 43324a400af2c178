import type { BuildFailure, Message } from 'esbuild';
import { StagedoorError, findPackageDir } from '@stagedoor/bundle';
import { dirname, resolve } from 'node:path';
import type { ExportContext } from '../plan/exportContext';
import { foreignBuildHint } from '../plan/foreignBuildHint';
import { isInstalled, packageOfImport, type PackageFinder } from '../source/installedPackage';
import { installCommand } from '../source/workspace';
import { unresolvedPackages, type Unresolved } from './esbuild/buildFailure';

/** The coded error for a failed build: DEPENDENCY_NOT_INSTALLED or BUILD_FAILED. */
export function explainBuildFailure(failure: BuildFailure, context: ExportContext): StagedoorError {
  const { plan, finder } = context;
  const unresolved = unresolvedPackages(failure, plan.workspace.root);
  if (!unresolved) {
    const files = failure.errors.flatMap(({ location }) => location?.file ?? []);
    return new StagedoorError('BUILD_FAILED', failure.errors.map(describe).join('\n'), {
      cause: failure,
      hint: foreignBuildHint(
        files.map((file) => resolve(plan.workspace.root, file)),
        plan,
        finder,
      ),
    });
  }
  const unbuilt = unresolved.filter((entry) => folderOf(entry) !== undefined);
  if (unbuilt.length === unresolved.length) return noEntry(unbuilt, failure, finder);
  const wanted = unresolved.map(({ specifier, importer }) => {
    const by = finder.ofFile(importer)?.name ?? importer;
    return `${packageOfImport(specifier)} is not installed; ${by} imports it.`;
  });
  return new StagedoorError('DEPENDENCY_NOT_INSTALLED', [...new Set(wanted)].join('\n'), {
    hint: missingHint(unresolved, context),
    cause: failure,
  });
}

/** Where the package of an import that leads nowhere lies; undefined where it is not installed. */
function folderOf({ specifier, importer }: Unresolved): string | undefined {
  return findPackageDir(packageOfImport(specifier), dirname(importer));
}

function noEntry(unresolved: Unresolved[], cause: BuildFailure, finder: PackageFinder): StagedoorError {
  const lines = unresolved.map((entry) => {
    const by = finder.ofFile(entry.importer)?.name ?? entry.importer;
    return `${entry.specifier} leads to no file of ${folderOf(entry)}; ${by} imports it.`;
  });
  return new StagedoorError('BUILD_FAILED', [...new Set(lines)].join('\n'), {
    hint: 'Build that package, install it again, or import what its "exports" name.',
    cause,
  });
}

/** Undefined where the plugin is exported as it was published: its dependencies were installed as it declares them. */
function missingHint(unresolved: Unresolved[], { plan, finder }: ExportContext): string | undefined {
  if (isInstalled(plan.dir)) return undefined;
  const command = installCommand(plan.workspace);
  const undeclared = unresolved
    .filter(({ importer }) => finder.ofFile(importer)?.dir === plan.dir)
    .map(({ specifier }) => packageOfImport(specifier))
    .filter((name) => plan.pkg.dependencies?.[name] === undefined && plan.pkg.peerDependencies?.[name] === undefined);
  if (undeclared.length === 0) return `Run \`${command}\` in ${plan.workspace.root}.`;
  const add = command.startsWith('npm') ? 'npm install' : command.replace('install', 'add');
  return `Run \`${add} ${[...new Set(undeclared)].join(' ')}\` in ${plan.dir}.`;
}

/** `src/index.ts:3:14: Expected ";"` with the line and a mark below the place. */
function describe({ text, location }: Message): string {
  if (!location) return text;
  const number = `${location.line} | `;
  const mark = ' '.repeat(number.length + location.column) + '^'.repeat(Math.max(1, location.length));
  return `${location.file}:${location.line}:${location.column + 1}: ${text}\n  ${number}${location.lineText}\n  ${mark}`;
}

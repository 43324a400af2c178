import type { BuildFailure, Message } from 'esbuild';
import { StagedoorError, findPackageDir } from '@stagedoor/bundle';
import { dirname, join } from 'node:path';
import { packageOfImport, type PackageFinder } from '../source/installedPackage';
import type { Plan } from '../plan/plan';
import { installCommand } from '../source/workspace';

const UNRESOLVED = /^Could not resolve "([^"]+)"/;

/** An import that did not resolve: what was asked for, and by which file (absolute). */
export interface Unresolved {
  specifier: string;
  importer: string;
}

/** True for what esbuild rejects with. */
export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** The bare imports among the failures of a build; undefined when there is any other failure. */
export function unresolvedPackages(failure: BuildFailure, plan: Plan): Unresolved[] | undefined {
  const found: Unresolved[] = [];
  for (const error of failure.errors) {
    const specifier = UNRESOLVED.exec(error.text)?.[1];
    if (!specifier || /^[./]/.test(specifier) || !error.location) return undefined;
    found.push({ specifier, importer: join(plan.workspace.root, error.location.file) });
  }
  return found;
}

/** The coded error for a failed build: DEPENDENCY_NOT_INSTALLED or BUILD_FAILED. */
export function explainBuildFailure(failure: BuildFailure, plan: Plan, finder: PackageFinder): StagedoorError {
  const unresolved = unresolvedPackages(failure, plan);
  if (!unresolved) {
    return new StagedoorError('BUILD_FAILED', failure.errors.map(describe).join('\n'), { cause: failure });
  }
  const unbuilt = unresolved.filter((entry) => folderOf(entry) !== undefined);
  if (unbuilt.length === unresolved.length) return noEntry(unbuilt, failure, finder);
  const wanted = unresolved.map(({ specifier, importer }) => {
    const by = finder.ofFile(importer)?.name ?? importer;
    return `${packageOfImport(specifier)} is not installed; ${by} imports it.`;
  });
  return new StagedoorError('DEPENDENCY_NOT_INSTALLED', [...new Set(wanted)].join('\n'), {
    hint: missingHint(unresolved, plan, finder),
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

function missingHint(unresolved: Unresolved[], plan: Plan, finder: PackageFinder): string {
  const command = installCommand(plan.workspace);
  const undeclared = unresolved
    .filter(({ importer }) => finder.ofFile(importer)?.dir === plan.dir)
    .map(({ specifier }) => packageOfImport(specifier))
    .filter((name) => plan.pkg.dependencies?.[name] === undefined && plan.pkg.peerDependencies?.[name] === undefined);
  if (undeclared.length === 0) return `Run \`${command}\` in ${plan.workspace.root}, then export again.`;
  const add = command.startsWith('npm') ? 'npm install' : command.replace('install', 'add');
  return `Run \`${add} ${[...new Set(undeclared)].join(' ')}\` in ${plan.dir}, then export again.`;
}

/** `src/index.ts:3:14: Expected ";"` with the line and a mark below the place. */
function describe({ text, location }: Message): string {
  if (!location) return text;
  const number = `${location.line} | `;
  const mark = ' '.repeat(number.length + location.column) + '^'.repeat(Math.max(1, location.length));
  return `${location.file}:${location.line}:${location.column + 1}: ${text}\n  ${number}${location.lineText}\n  ${mark}`;
}

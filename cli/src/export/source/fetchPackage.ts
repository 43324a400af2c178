import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StagedoorError, fileName, isFrontendRole, readPackageJson, type SharedPackage } from '@stagedoor/bundle';
import { temporaryFolder } from '../../temporary/temporaryFolder';
import type { PackageSpec } from './locate';
import { npmCommand, npmEnvironment, publishedRole } from './npmCommand';
import { explainNpm } from './npmFailure';
import { viewPackage, type Manifest } from './viewPackage';
import { NPM_LIMITS, watchProcess, type ProcessLimits } from './watchProcess';

/**
 * Installs a published package and its production dependencies into a temporary folder with npm, so that registry,
 * credentials and proxy are those of `cwd`. No install script runs, and packages of types alone stand in for those that
 * are `shared`: bundles import them from the host, but for frontend plugins, which carry them. Throws PACKAGE_NOT_FOUND,
 * FETCH_FAILED or INTEGRITY_MISMATCH.
 */
export async function fetchPackage(
  { name, range, integrity, libraries }: PackageSpec,
  cwd: string,
  shared: readonly SharedPackage[],
  signal?: AbortSignal,
  limits: ProcessLimits = NPM_LIMITS,
): Promise<{ dir: string; dispose(): Promise<void> }> {
  const { dir: prefix, dispose } = await temporaryFolder('fetch').catch((cause: Error) => {
    throw notFetched(cause);
  });
  try {
    const npmrc = await nearestNpmrc(cwd);
    // npm reads a project's settings from its prefix only; paths in them stay relative to the working folder.
    if (npmrc) await copyFile(npmrc, join(prefix, '.npmrc'));
    const install = async (overrides: Record<string, string>): Promise<void> => {
      await writeFile(
        join(prefix, 'package.json'),
        JSON.stringify({ private: true, overrides: { ...libraries, ...overrides } }),
      );
      await npmInstall({ name, range: range || 'latest' }, prefix, { cwd, signal, limits });
      if (integrity !== undefined) await checkInstalled(prefix, { name, range, integrity });
    };
    const expected = await publishedRole({ name, range: range || 'latest' }, { cwd, signal, limits });
    const carried = isFrontendRole(expected ?? '');
    await install(carried ? {} : await writeStandIns(prefix, shared));
    const dir = join(prefix, 'node_modules', name);
    const { backstage } = await readPackageJson(dir);
    // Not every registry says it before.
    if (!carried && isFrontendRole(backstage?.role ?? '')) {
      await rm(join(prefix, 'node_modules'), { recursive: true });
      await install({});
    }
    return { dir, dispose };
  } catch (error) {
    await dispose();
    throw isFileFault(error) ? notFetched(error) : error;
  }
}

function isFileFault(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function notFetched(cause: Error): StagedoorError {
  return new StagedoorError('FETCH_FAILED', `The package could not be fetched to ${tmpdir()}: ${cause.message}`, {
    hint: 'Free space in the temporary folder, or set TMPDIR to another.',
    cause,
  });
}

async function writeStandIns(prefix: string, shared: readonly SharedPackage[]): Promise<Record<string, string>> {
  const overrides: Record<string, string> = {};
  for (const { name, version, dir: real } of shared) {
    const dir = join(prefix, 'stand-ins', fileName(name));
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'package.json'), JSON.stringify({ name, version, types: 'index.d.ts' }));
    // A config.d.ts may be made of the host's types; where they import from is where they lie.
    await writeFile(join(dir, 'index.d.ts'), `export * from ${JSON.stringify(join(real, 'dist/index'))};\n`);
    overrides[name] = `file:${dir}`;
  }
  return overrides;
}

/** Arguments win over a user's settings. Those about where packages come from stay; what is installed, and where, is decided here. */
const SETTINGS = [
  '--workspaces=false',
  '--global=false',
  '--location=project',
  '--dry-run=false',
  '--package-lock-only=false',
  '--omit=dev',
  '--include=optional',
  '--include=peer',
  '--install-strategy=hoisted',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-save',
  '--json',
  '--loglevel=notice',
];

async function npmInstall(
  spec: PackageSpec,
  prefix: string,
  { cwd, signal, limits }: { cwd: string; signal: AbortSignal | undefined; limits: ProcessLimits },
): Promise<void> {
  const { command, leading } = npmCommand();
  const env = npmEnvironment();
  const view = (text: string): Promise<Manifest | undefined> =>
    viewPackage(text, { command, leading }, { cwd, env, ...(signal && { signal }) });
  const run = new Promise<void>((done, fail) => {
    const child = execFile(
      command,
      [...leading, 'install', `${spec.name}@${spec.range}`, '--prefix', prefix, ...SETTINGS],
      { cwd, signal, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const limit = watch.exceeded();
        if (limit !== undefined) fail(tooMuch(spec, limit));
        else if (error) void explainNpm(spec, { error, stdout, stderr }, view).then(fail, fail);
        else done();
      },
    );
    const watch = watchProcess(child, limits);
  });
  await run;
}

/** Holds what npm notes of the package itself against what it is to be. */
async function checkInstalled(prefix: string, { name, range, integrity }: PackageSpec): Promise<void> {
  const text = await readFile(join(prefix, 'node_modules/.package-lock.json'), 'utf8');
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { integrity?: string }> };
  const found = packages[`node_modules/${name}`]?.integrity;
  if (found === integrity) return;
  const message = `${name}@${range} has the integrity ${found ?? 'none'} for npm, not ${integrity}.`;
  throw new StagedoorError('INTEGRITY_MISMATCH', message);
}

function tooMuch({ name, range }: PackageSpec, limit: string): StagedoorError {
  return new StagedoorError('FETCH_FAILED', `npm was ended: it took more than ${limit} to install ${name}@${range}.`, {
    hint: `A package with its dependencies may take ${limit}. Check that the registry in .npmrc is the right one.`,
  });
}

async function nearestNpmrc(from: string): Promise<string | undefined> {
  for (let dir = from; ; dir = dirname(dir)) {
    const file = join(dir, '.npmrc');
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
    if (dirname(dir) === dir) return undefined;
  }
}

import { StagedoorError } from '@stagedoor/bundle';
import type { PackageSpec } from './locate';
import type { Manifest } from './viewPackage';

const NOT_FOUND = new Set(['E404', 'ETARGET', 'ENOVERSIONS']);
/** `name@range`, as npm quotes what it could not find, and the address of a package that no registry has. */
const SPEC = /(?:'|for )((?:@[^\s/@']+\/)?[^\s/@']+)@([^\s']+?)(?:'|\.?(?:\s|$))/;
const ADDRESS = /GET \S*\/((?:@[^\s/]+%2f)?[^\s/]+)(?:\s|$)/i;
/** Ranges that a workspace replaces when it publishes, unless it forgets to. */
const UNPUBLISHED = /^(?:workspace|catalog|backstage|portal|link|file):/;
/** Packages looked at to find who needs one that is missing. */
const MOST_VIEWED = 12;

/** A requirement that the registry cannot serve. */
interface Requirement {
  name: string;
  range: string;
}

/** What npm ended with. */
export interface NpmOutcome {
  error: Error;
  stdout: string;
  stderr: string;
}

/** Gives what a registry lists of the newest version in a range; undefined where it has none. */
export type ViewPackage = (spec: string) => Promise<Manifest | undefined>;

/**
 * Why npm could not install `spec`: PACKAGE_NOT_FOUND where it is not in the registry itself, otherwise FETCH_FAILED, with the
 * package that needs what is missing. An AbortError is returned as it is.
 */
export async function explainNpm(wanted: PackageSpec, outcome: NpmOutcome, view: ViewPackage): Promise<Error> {
  const { error: cause, stdout } = outcome;
  const spec = `${wanted.name}@${wanted.range}`;
  if (cause.name === 'AbortError') return cause;
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    const hint = 'Put npm in reach: what a published plugin depends on is installed with it.';
    return new StagedoorError('FETCH_FAILED', `${spec} cannot be installed without npm: ${cause.message}`, {
      hint,
      cause,
    });
  }
  const report = npmReport(stdout);
  const missing =
    report && NOT_FOUND.has(report.code) ? requirementIn(`${report.summary}\n${report.detail}`) : undefined;
  if (report && missing?.name === wanted.name) {
    return new StagedoorError('PACKAGE_NOT_FOUND', `${spec} is not installed, and npm answers: ${report.summary}`, {
      cause,
    });
  }
  const root = await view(spec);
  const unpublished = root && unpublishedIn(root);
  if (unpublished) return notPublished(spec, unpublished, cause);
  if (!missing)
    return new StagedoorError('FETCH_FAILED', `npm could not install ${spec}: ${detailOf(outcome)}`, { cause });
  const who = root && (await whoNeeds(missing, root, view));
  const needs = who ? `, which ${who.name}@${who.version} needs` : '';
  const what = `${missing.name}@${missing.range}${needs}, is not in the registry`;
  return new StagedoorError('FETCH_FAILED', `npm could not install ${spec}: ${needs ? what : what.replace(',', '')}.`, {
    cause,
    hint: `Use a release of ${wanted.name} whose dependencies the registry has, or a registry with ${missing.name}.`,
    details: { missing: missing.name, range: missing.range, ...(who && { neededBy: who.name }) },
  });
}

function notPublished(spec: string, entries: Array<[string, string]>, cause: Error): StagedoorError {
  const [name, range] = entries[0]!;
  const others = entries.length > 1 ? ` and ${entries.length - 1} others` : '';
  return new StagedoorError(
    'FETCH_FAILED',
    `npm cannot install ${spec}: it was published with the range ${range} for ${name}${others}.`,
    {
      cause,
      hint: 'Only the workspace that it comes from understands such a range. Use another release, and tell its authors.',
    },
  );
}

function unpublishedIn(manifest: Manifest): Array<[string, string]> | undefined {
  const found = requirementsOf(manifest).filter(([, range]) => UNPUBLISHED.test(range));
  return found.length > 0 ? found : undefined;
}

/** The package itself, or one of those it depends on: first those that come from where the missing one comes from. */
async function whoNeeds({ name }: Requirement, root: Manifest, view: ViewPackage): Promise<Manifest | undefined> {
  const needs = (manifest: Manifest): boolean => requirementsOf(manifest).some(([each]) => each === name);
  if (needs(root)) return root;
  const scope = name.split('/')[0];
  const near = requirementsOf(root).sort(
    ([a], [b]) => Number(b.startsWith(`${scope}/`)) - Number(a.startsWith(`${scope}/`)),
  );
  const seen = await Promise.all(near.slice(0, MOST_VIEWED).map(([each, range]) => view(`${each}@${range}`)));
  return seen.find((manifest) => manifest !== undefined && needs(manifest));
}

function requirementsOf({ dependencies, optionalDependencies, peerDependencies }: Manifest): Array<[string, string]> {
  return Object.entries({ ...peerDependencies, ...optionalDependencies, ...dependencies });
}

function requirementIn(text: string): Requirement | undefined {
  const [, name, range] = SPEC.exec(text) ?? [];
  if (name !== undefined && range !== undefined) return { name, range };
  const address = ADDRESS.exec(text)?.[1];
  return address === undefined ? undefined : { name: decodeURIComponent(address), range: '*' };
}

function detailOf({ error, stdout, stderr }: NpmOutcome): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.includes('complete log of this run'));
  return npmReport(stdout)?.summary || lines.slice(-5).join('\n') || error.message.split('\n')[0]!;
}

function npmReport(stdout: string): { code: string; summary: string; detail: string } | undefined {
  try {
    const { error } = JSON.parse(stdout) as { error?: { code?: string; summary?: string; detail?: string } };
    return error && { code: error.code ?? '', summary: error.summary ?? '', detail: error.detail ?? '' };
  } catch {
    return undefined;
  }
}

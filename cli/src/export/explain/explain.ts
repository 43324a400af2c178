import type { BundleParts } from '../describe/bundleParts';
import type { ExportContext } from '../plan/exportContext';
import { whyShared } from '../source/sharing';
import type { Plan } from '../plan/plan';
import type { SharedImport } from '../plan/shared';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import { ImportGraph, type ChainLink } from './chains';
import { whyNot } from './whyNot';

/** What was decided about one package, and why it came up. */
export interface ExplainedPackage {
  name: string;
  version?: string;
  /** `shared` and `absent` packages stay imports; `none` is not part of the bundle at all. */
  decision: 'shared' | 'inlined' | 'hoisted' | 'absent' | 'none';
  /** One clause for people. */
  reason: string;
  /** Its share of the bundled code, where it is inlined. */
  bytes?: number;
  /** Chains of imports from the plugin to it, the shortest first. */
  chains: ChainLink[][];
}

/** Direct importers shown for the one package that was asked about. */
const MAX_CHAINS = 5;

/**
 * Explains the package called `name` (one entry per version), or with `''` every package that the bundle has or imports,
 * sorted by name, each with its shortest chain.
 */
export async function explainPackages(
  name: string,
  parts: BundleParts,
  context: ExportContext,
): Promise<ExplainedPackage[]> {
  const graph = new ImportGraph(context.plan.self, parts.imports);
  const limit = name === '' ? 1 : MAX_CHAINS;
  const explained = [...carried(parts, context), ...leftOut(parts, context)]
    .filter((entry) => name === '' || entry.name === name || entry.key === name)
    .map(({ key, ...entry }) => ({
      ...entry,
      chains: graph.chains(key, { name: entry.name, version: entry.version }, limit),
    }))
    .sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
  if (explained.length > 0) return explained;
  if (name === '') return [];
  return [{ name, decision: 'none', reason: await whyNot(name, parts, context), chains: [] }];
}

type Entry = Omit<ExplainedPackage, 'chains'> & { key: string };

function carried({ build, roots, layout }: BundleParts, { plan, finder }: ExportContext): Entry[] {
  const reasons = new Map(roots.map((root) => [root.package.dir, root.reason.text]));
  const inlined = [...build.contents.inlined.values()].map(({ package: pkg, bytes }): Entry => ({
    ...identity(pkg),
    decision: 'inlined',
    reason: whyInlined(plan, pkg),
    bytes,
  }));
  const hoisted = [...new Set([...layout.values()].map(({ dir }) => dir))].map((dir): Entry => {
    const reason = reasons.get(dir) ?? 'imported by hoisted code';
    return { ...identity(finder.ofDir(dir)!), decision: 'hoisted', reason };
  });
  return [...inlined, ...hoisted];
}

/** Shared and absent packages: imports without a target in the bundle. */
function leftOut({ imports }: BundleParts, { plan, decisions }: ExportContext): Entry[] {
  const names = new Set(imports.filter(({ to }) => to === undefined).map(({ name }) => name));
  return [...names].map((name): Entry => {
    const shared = plan.shared.get(name) ?? plan.provided.get(name);
    if (!shared) {
      const reason = decisions.absent.get(name)?.text ?? 'its import is guarded, and it is not installed';
      return { key: name, name, decision: 'absent', reason };
    }
    return { key: name, name, version: shared.version, decision: 'shared', reason: reasonToShare(plan, shared) };
  });
}

function identity({ name, version, dir }: InstalledPackage): { key: string; name: string; version: string } {
  return { key: dir, name, version };
}

function reasonToShare({ forced, host }: Plan, { name, version }: SharedImport): string {
  if (forced.get(name) === 'shared') return 'asked for with --shared';
  if (host) return `the host shares its ${host.shared[name]}`;
  return `every host has it, and ${whyShared(name, version) ?? 'a bundle need not carry it'}`;
}

function whyInlined({ forced, provided }: Plan, { name, dir }: InstalledPackage): string {
  if (forced.get(name) === 'inline') return 'asked for with --inline';
  if (provided.has(name)) return 'a copy of its own, which the next release of the host does not concern';
  if (!isInstalled(dir)) return 'source of the workspace';
  const byId = name.startsWith('@backstage/') ? '; what it shares with others matches by id' : '';
  return `hosts do not share it, and it works bundled${byId}`;
}

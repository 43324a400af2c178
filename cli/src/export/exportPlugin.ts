import { dirname, join, resolve } from 'node:path';
import { MANIFEST_FILE, formatManifest, packBundle, packName } from '@stagedoor/bundle';
import { assembleBundle } from './assemble';
import { buildUntilSettled } from './buildAll';
import { Decisions } from './decisions';
import { bundleManifest } from './describe/manifest';
import { fetchPackage } from './fetchPackage';
import { layOutHoisted, topLevelVersions } from './hoist';
import { PackageFinder } from './installedPackage';
import { locatePackage } from './locate';
import type { ExportOptions } from './options';
import { stageOutput, type Staging } from './output';
import { peerRanges } from './peers';
import { planExport, type Plan } from './plan';
import { traceHoisted } from './trace';
import type { ExportResult } from './result';

/**
 * Exports one plugin package as a dynamic bundle: plan, bundle, hoist, describe, verify, pack. The output folder
 * appears as a whole or not at all. Throws StagedoorError.
 */
export async function exportPlugin(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  const located = await locatePackage(options.cwd, options.target, (spec) => {
    options.onStep?.('fetch', `${spec.name}@${spec.range || 'latest'}`);
    return fetchPackage(spec, options.cwd, options.signal);
  });
  try {
    // Where a plugin has no shared packages of its own, those that this package depends on count.
    const plan = await planExport(located.dir, __dirname);
    options.onStep?.('plan', `${plan.pkg.name}@${plan.pkg.version}`);
    const out = options.out ? resolve(options.cwd, options.out) : located.out;
    const staging = await stageOutput(out);
    try {
      const result = await fillStaging(staging, plan, options);
      const archive = options.pack ? join(dirname(out), `${packName(plan.name)}-${plan.pkg.version}.tgz`) : undefined;
      const packed = archive && (await pack(staging, options));
      options.signal?.throwIfAborted();
      await staging.commit(archive);
      return {
        ...result,
        path: out,
        ...(packed && { archive, integrity: packed.integrity }),
        durationMs: Math.round(performance.now() - started),
      };
    } finally {
      await staging.discard();
    }
  } finally {
    await located.dispose();
  }
}

type Filled = Omit<ExportResult, 'path' | 'archive' | 'integrity' | 'durationMs'>;

async function fillStaging(staging: Staging, plan: Plan, options: ExportOptions): Promise<Filled> {
  const finder = new PackageFinder();
  const decisions = new Decisions();
  options.onStep?.('bundle', plan.pkg.name);
  const build = await buildUntilSettled(plan, finder, decisions);
  const layout = layOutHoisted(decisions, await traceHoisted(plan, decisions, finder));
  const hoisted = topLevelVersions(layout);
  if (layout.size > 0) options.onStep?.('hoist', Object.keys(hoisted).join(', '));
  const peers = peerRanges(
    plan,
    build.contents,
    [...layout.values()].map(({ dir }) => finder.ofDir(dir)!),
  );
  options.onStep?.('describe', plan.name);
  const parts = { build, decisions, layout, hoisted, peerDependencies: peers.ranges };
  const { native } = await assembleBundle(staging, plan, parts);
  const verified = options.verify ? await verify(staging, plan, options) : undefined;
  const manifest = await bundleManifest(plan, staging.dir, {
    peerDependencies: peers.ranges,
    native,
    verified: verified !== undefined,
  });
  const text = formatManifest(manifest);
  await staging.write(MANIFEST_FILE, text);
  const declaredId = plan.pkg.backstage?.pluginId;
  return {
    name: plan.name,
    version: plan.pkg.version,
    role: plan.role,
    verified: verified !== undefined,
    pluginIds: verified?.pluginIds ?? (declaredId && plan.role === 'backend-plugin' ? [declaredId] : []),
    modules: verified?.modules ?? [],
    openedRoutes: verified?.openedRoutes ?? [],
    extensionPoints: verified?.extensionPoints ?? [],
    warnings: [...peers.warnings, ...(verified?.warnings ?? [])],
    digest: manifest.digest,
    bytes: manifest.files.reduce((sum, file) => sum + file.size, Buffer.byteLength(text)),
    files: manifest.files.length + 1,
    shared: peers.ranges,
    inlined: [...build.contents.inlined.values()]
      .map(({ package: { name, version }, bytes }) => ({ name, version, bytes }))
      .sort((a, b) => b.bytes - a.bytes),
    hoisted: [...decisions.hoisted.values()].map(({ package: { name, version }, reason }) => ({
      name,
      version,
      reason,
    })),
  };
}

async function verify(staging: Staging, plan: Plan, options: ExportOptions) {
  options.onStep?.('verify', plan.name);
  const { verifyBundle } = await import('../verify/verifyBundle');
  return verifyBundle(staging.dir, { sharedFrom: plan.sharedFrom });
}

async function pack(staging: Staging, options: ExportOptions) {
  options.onStep?.('pack', staging.archive);
  return packBundle(staging.dir, staging.archive);
}

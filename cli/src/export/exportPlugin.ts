import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isFrontendRole } from '@stagedoor/bundle';
import { withKnownNames } from '../temporary/knownNames';
import { exportBackend } from './exportBackend';
import { explainFault, isEsbuildGone } from './output/exportFaults';
import { tellExportError } from './output/exportHints';
import type { ExportOptions } from './plan/options';
import { readExported, type ExportedPackage } from './plan/plan';
import { sharedAround, sharedFolder } from './plan/shared';
import type { ExportResult } from './result';
import { fetchPackage } from './source/fetchPackage';
import { isInstalled } from './source/installedPackage';
import { locatePackage } from './source/locate';
import { chooseVersion } from './source/release/chooseVersion';
import { Registry } from './source/release/registry';
import { hostRelease, installedRelease, releaseFor, type Release } from './source/release/release';

const SIGNAL_DELAY_MS = 100;

/**
 * Exports one plugin package as a dynamic bundle. The output folder appears as a whole or not at all. Throws
 * StagedoorError, or the reason of an aborted signal.
 */
export async function exportPlugin(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  const { cwd, target, integrity, signal, onStep } = options;
  // Whether it was installed as it is: the hints must not ask the user to correct its code then.
  let published = false;
  const settings = { ...options, startCheck: options.startCheck ?? options.verify ?? true };
  try {
    let fetchedFor: Release | undefined;
    const located = await locatePackage(cwd, target, integrity === undefined, async (spec) => {
      onStep?.('fetch', `${spec.name}@${spec.range || 'latest'}`);
      const registry = new Registry(cwd, signal);
      fetchedFor = await releaseFor({ dir: cwd, host: options.host, ownDir: sharedFolder(cwd) }, registry);
      const chosen = await chooseVersion(spec, fetchedFor, registry);
      const wanted = { ...spec, ...(chosen && { range: chosen.version, libraries: chosen.libraries }) };
      return await fetchPackage(
        { ...wanted, ...(integrity !== undefined && { integrity }) },
        cwd,
        sharedAround(cwd),
        signal,
      );
    });
    published = isInstalled(await realpath(located.dir).catch(() => located.dir));
    try {
      const exported = await readExported(located.dir, located.fetched, options.host);
      const out = options.out ? resolve(cwd, options.out) : located.out;
      const result = isFrontendRole(exported.role)
        ? // Late, because it brings a bundler of its own.
          await (
            await import('./exportRemote')
          ).exportRemote(exported, { out, release: madeFor(exported, fetchedFor) }, settings)
        : await exportForBackend(exported, { out, dir: located.fetched ? cwd : located.dir, fetchedFor }, settings);
      const warnings = result.warnings.map(withKnownNames);
      return { ...result, warnings, durationMs: Math.round(performance.now() - started) };
    } finally {
      await located.dispose();
    }
  } catch (error) {
    // Ctrl-C in a terminal reaches esbuild's process too, and its end may be seen before the signal is.
    if (isEsbuildGone(error)) await setTimeout(SIGNAL_DELAY_MS);
    // What fails because everything was being stopped is not the reader's news.
    signal?.throwIfAborted();
    throw tellExportError(explainFault(error, cwd), published);
  }
}

/** The release that a package is to fit; undefined for a folder without a host, which has what it was written with. */
function madeFor({ host }: ExportedPackage, fetchedFor: Release | undefined): Release | undefined {
  return fetchedFor ?? (host && hostRelease(host));
}

async function exportForBackend(
  exported: ExportedPackage,
  { out, dir, fetchedFor }: { out: string; dir: string; fetchedFor: Release | undefined },
  settings: ExportOptions,
): Promise<Omit<ExportResult, 'durationMs'>> {
  const sharedFrom = sharedFolder(dir);
  const release = madeFor(exported, fetchedFor) ?? installedRelease(sharedFrom);
  return await exportBackend(exported, { out, sharedFrom, release }, settings);
}

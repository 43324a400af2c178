import { readPackageJson, type SharedPackage } from '@stagedoor/bundle';
import { join, resolve } from 'node:path';
import { entriesOf } from './entries';
import type { StartedBundle } from './messages';
import { outcomeError } from './outcomeError';
import { startChild, type ChildOutcome } from './runChild';
import { hostPackages, layView, peerWarnings, type View } from './stageView';
import { inView, notStaged } from './view';

export type { StartedBundle } from './messages';

/** The built child; this file is built into `dist/index.cjs.js` and `dist/main.cjs.js`. */
const CHILD = join(__dirname, 'startCheck/child/main.cjs.js');
const DEFAULT_TIMEOUT_MS = 60_000;

/** How a bundle is started. */
export interface StartCheckOptions {
  /** Folder from which the host's shared packages are resolved; where it has none, the CLI's own are used. */
  sharedFrom: string;
  /** Packages that hosts of this bundle share besides; those without a folder are not to be had here. */
  alsoShared?: ReadonlyArray<{ name: string; version: string; dir?: string }>;
  /** For the whole child process, default 60 s. */
  timeoutMs?: number;
}

/**
 * Loads a finished bundle in a clean child process, where only the bundle and the shared packages it declares resolve,
 * and starts its plugins on a test host: real services on databases in memory, nothing listens, no network, no
 * scheduled task runs. Missing app-config and an unreachable service are warnings.
 *
 * Throws MODULE_NOT_FOUND (`cause.missing` and `details.missing` name the package), LOAD_FAILED, LEGACY_BACKEND,
 * NOT_A_FEATURE, NO_PLUGIN_ID, REGISTER_FAILED, INIT_FAILED; VERIFY_FAILED when it hangs, ends the process or runs out
 * of memory; PACKAGE_JSON_MISSING, PACKAGE_JSON_INVALID, MAIN_MISSING, MAIN_OUTSIDE, SHARED_PACKAGE_MISSING.
 * An AbortError when this process was told to end meanwhile and goes on none the less.
 */
export async function checkStart(bundleDir: string, options: StartCheckOptions): Promise<StartedBundle> {
  const { sharedFrom, alsoShared = [], timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const dir = resolve(bundleDir);
  const packageJson = await readPackageJson(dir);
  const shared = withFurther(hostPackages(resolve(sharedFrom)), alsoShared);
  const started = await inView(async (temporary, onKill) => {
    const view = await layView(temporary, { dir, packageJson }, shared).catch(notStaged);
    const outcome = await runIn(view, packageJson.name, timeoutMs, onKill);
    if (outcome.kind !== 'passed') throw outcomeError(outcome, packageJson.name, timeoutMs);
    return outcome.started;
  });
  return { ...started, warnings: [...peerWarnings(packageJson, shared), ...started.warnings] };
}

/** The test host's own packages fit each other, so they win. */
function withFurther(own: SharedPackage[], further: NonNullable<StartCheckOptions['alsoShared']>): SharedPackage[] {
  const names = new Set(own.map(({ name }) => name));
  const added = further.flatMap(({ name, version, dir }) => (dir && !names.has(name) ? [{ name, version, dir }] : []));
  return [...own, ...added];
}

async function runIn(
  { dir, bundleDir, hostDir, homeDir }: View,
  name: string,
  timeoutMs: number,
  onKill: (kill: () => void) => void,
): Promise<ChildOutcome> {
  const entries = await entriesOf(bundleDir, name);
  const child = startChild(CHILD, { name, dir, bundleDir, hostDir, entries }, homeDir, timeoutMs);
  onKill(child.kill);
  return await child.outcome;
}

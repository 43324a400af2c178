import { redactAddress } from '@stagedoor/bundle';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cleanUpOnExit } from '../../temporary/cleanUpOnExit';
import { fetchAll } from '../fetchAll';
import { assertLocked } from '../lockFile';
import { openList } from '../openList';
import { lockedPlugins, tryToLock } from '../lockedPlugins';
import type { InstallOptions } from '../options';
import { resolveAll, type Planned } from '../resolveAll';
import { recorded, type CatalogImages } from '../source';
import { asUnwritable } from '../../temporary/unwritable';
import { MirrorBlobs } from './mirrorBlobs';
import { MIRROR_INDEX, formatMirrorIndex } from './mirrorIndex';
import { assertReplaceable, isArchivePath, putInPlace } from './mirrorOutput';

/** Options of {@link mirror} besides those of an install. */
export interface MirrorOptions extends Pick<
  InstallOptions,
  'cwd' | 'config' | 'sources' | 'frozen' | 'insecure' | 'ca' | 'signal' | 'onProgress' | 'rhdh' | 'catalogs'
> {
  /** The folder, or archive (`.tar`, `.tgz`, `.tar.gz`), to write; an older mirror there is replaced. */
  out: string;
}

/** What {@link mirror} did. */
export interface MirrorResult {
  /** Absolute path of the mirror. */
  out: string;
  plugins: Array<{ package: string; identity: string; name: string; version: string }>;
  /** Packages that the list disables. */
  disabled: string[];
  /** Bytes of all content. */
  bytes: number;
  /** `written` is false for a frozen run, a file that says that already, and a folder that cannot be written. */
  lockFile: { file: string; written: boolean };
  warnings: string[];
  durationMs: number;
}

/**
 * Fetches and checks everything that a list of plugins enables, and saves the original files, so that an install elsewhere
 * needs no network. The mirror appears atomically. Throws the codes of an install before it changes a root directory, and
 * OUTPUT_NOT_A_BUNDLE for a target with other content.
 */
export async function mirror(options: MirrorOptions): Promise<MirrorResult> {
  const started = Date.now();
  const { signal, onProgress, sources } = options;
  const out = resolve(options.cwd, options.out);
  try {
    await assertReplaceable(out);
    return await withScratch(out, async (scratch) => {
      const dir = join(scratch, 'mirror');
      const [staging, blobs] = [join(scratch, 'staging'), new MirrorBlobs(dir)];
      await mkdir(dir);
      await mkdir(staging);
      const { catalogs, digests } = keptCatalogs(options.catalogs, async (path) => void (await blobs.add(path)));
      const opened = await openList({ ...options, ...(catalogs && { catalogs }) }, { listRequired: true });
      const { list, lockFile: file, locked, context } = opened;
      onProgress?.({ step: 'resolving', plugins: list.plugins.length });
      const planned = await resolveAll(list.plugins, [], sources, context);
      if (locked) assertLocked(file, locked, lockedPlugins(planned, []));
      onProgress?.({ step: 'fetching', plugins: planned.length });
      const archives = new Map<Planned, string>();
      const keep = async (plan: Planned, path: string): Promise<void> => {
        const digest = await blobs.add(path);
        if (plan.resolved.kind !== 'oci') archives.set(plan, digest);
      };
      const ready = await fetchAll(planned, staging, context, { ...(onProgress && { onProgress }), keep });
      const found = lockedPlugins(planned, ready);
      if (locked) assertLocked(file, locked, found);
      const packages = planned.map((plan) => {
        const archive = archives.get(plan);
        return {
          package: redactAddress(plan.plugin.package),
          resolved: recorded(plan.resolved),
          ...(archive !== undefined && { archive }),
        };
      });
      await writeFile(join(dir, MIRROR_INDEX), formatMirrorIndex(packages, digests));
      signal?.throwIfAborted();
      const bytes = await putInPlace(dir, out, isArchivePath(out));
      const written = locked ? false : await tryToLock(file, found, { installed: true, warnings: list.warnings });
      return {
        out,
        plugins: ready.map(({ plan, checked: { name, version } }) => {
          return { package: redactAddress(plan.plugin.package), identity: plan.resolved.identity, name, version };
        }),
        disabled: list.disabled,
        bytes,
        lockFile: { file, written },
        warnings: list.warnings,
        durationMs: Date.now() - started,
      };
    });
  } catch (error) {
    throw asUnwritable(error, out);
  }
}

/** The images of catalog indexes, each of which is kept as it is read, and their digests by name. */
function keptCatalogs(
  inner: CatalogImages | undefined,
  keep: (file: string) => Promise<void>,
): { catalogs?: CatalogImages; digests: Map<string, string> } {
  const digests = new Map<string, string>();
  if (!inner) return { digests };
  const catalogs: CatalogImages = {
    async unpack(image, folder, context) {
      const unpacked = await inner.unpack(image, folder, { ...context, keep });
      digests.set(image, unpacked.digest);
      return unpacked;
    },
  };
  return { catalogs, digests };
}

/** A folder beside the output, so that what is complete can be moved there. */
async function withScratch<T>(out: string, use: (scratch: string) => Promise<T>): Promise<T> {
  await mkdir(dirname(out), { recursive: true });
  const scratch = await mkdtemp(join(dirname(out), '.mirror-'));
  const { forget } = cleanUpOnExit(() => rmSync(scratch, { recursive: true, force: true }));
  try {
    return await use(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    forget();
  }
}

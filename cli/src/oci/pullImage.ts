import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { checkFiles, isStagedoorError, listFiles, readManifest, readPackageJson } from '@stagedoor/bundle';
import { outputTarget } from '../export/output/outputTarget';
import { swapOutput } from '../export/output/swapOutput';
import type { TransferContext } from '../http/send';
import { cleanUpOnExit } from '../temporary/cleanUpOnExit';
import { targetUnwritable } from './errors';
import { extractPlugin } from './extractPlugin';
import { registryReader } from './imageReader';
import type { LayerCache } from './layerCache';
import { Layers } from './layers';
import { openImage, pluginOf, type PluginImage } from './pluginImage';
import { formatReference, parseReference, type ImageReference } from './reference';

/** Options of a pull. */
export interface PullOptions extends TransferContext {
  /** Folder that relative paths are resolved from. */
  cwd: string;
  /** `oci://host/repository[:tag][@digest][!path]`; without path, all plugins that it lists. */
  image: string;
  /** Folder that gets a folder for each plugin. */
  out: string;
  /** Where layers may be that need not be fetched. */
  cache?: LayerCache | undefined;
}

/** What was pulled. */
export interface PulledImage {
  /** `oci://host/repository@sha256:…`. */
  reference: string;
  digest: string;
  plugins: Array<{ path: string; name: string; version: string; dir: string }>;
  warnings: string[];
}

/**
 * Fetches bundles from an image, checks each against its manifest, if it has one, and replaces older ones. Throws
 * OCI_REFERENCE_INVALID, IMAGE_*, REGISTRY_*, CREDENTIALS_UNREADABLE, ARCHIVE_*, DIGEST_MISMATCH, OUTPUT_NOT_A_BUNDLE,
 * OUTPUT_UNWRITABLE.
 */
export async function pullImage({ cwd, image, out, cache, ...options }: PullOptions): Promise<PulledImage> {
  const warnings: string[] = [];
  const context = { ...options, onWarning: (text: string) => void warnings.push(text) };
  const reference = parseReference(image);
  const opened = await openImage(reference, registryReader(reference, context));
  const { digest } = opened;
  const target = resolve(cwd, out);
  const scratch = await scratchBelow(target);
  const cleanup = cleanUpOnExit(() => rmSync(scratch, { recursive: true, force: true }));
  try {
    const layers = new Layers(cache);
    const plugins: PulledImage['plugins'] = [];
    for (const path of pathsOf(opened, reference)) {
      plugins.push(await pullOne(opened, path, target, { ...context, layers, scratch }));
    }
    const { host, repository } = reference;
    return { reference: formatReference({ host, repository, digest }), digest, plugins, warnings };
  } catch (error) {
    throw isStagedoorError(error) || !isFileFault(error) ? error : targetUnwritable(target, error);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    cleanup.forget();
  }
}

function pathsOf(image: PluginImage, reference: ImageReference): string[] {
  const all = image.plugins?.map(({ folder }) => folder) ?? [];
  return reference.path === undefined && all.length > 1 ? all : [pluginOf(image, reference).folder];
}

async function pullOne(
  image: PluginImage,
  path: string,
  target: string,
  { scratch, ...context }: TransferContext & { layers: Layers; scratch: string },
): Promise<PulledImage['plugins'][number]> {
  const folder = await mkdtemp(join(scratch, 'plugin-'));
  const dir = await extractPlugin(image, path, folder, context);
  const { name, version } = await readPackageJson(dir);
  const manifest = await readManifest(dir);
  if (manifest) checkFiles(manifest, await listFiles(dir));
  const place = await outputTarget(join(target, basename(path)), { dir, name });
  await swapOutput(dir, place);
  return { path, name, version, dir: place.dir };
}

/** On the volume of the target, so that what is complete can be moved there. */
async function scratchBelow(target: string): Promise<string> {
  try {
    await mkdir(target, { recursive: true });
    return await mkdtemp(join(target, '.pull-'));
  } catch (cause) {
    throw targetUnwritable(target, cause as Error);
  }
}

function isFileFault(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

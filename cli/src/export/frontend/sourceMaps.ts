import { readFile, readdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { decode } from '@jridgewell/sourcemap-codec';
import { isInstalled, type PackageFinder } from '../source/installedPackage';
import { withoutEscapes } from './remoteModules';

/** What Rspack itself adds to a remote, under one name. */
const RUNTIME = 'webpack/runtime';

interface SourceMap {
  sources: string[];
  mappings: string;
}

/**
 * Names the sources in the source maps below `dir` so that they are the same wherever the workspace at `root` lies and
 * the packager is installed. Gives the bytes of scripts and styles that come from each source file, by absolute path.
 */
export async function settleSourceMaps(dir: string, root: string, finder: PackageFinder): Promise<Map<string, number>> {
  const bytes = new Map<string, number>();
  const paths = await readdir(dir, { recursive: true });
  for (const path of paths.filter((each) => /\.(js|css)\.map$/.test(each))) {
    const place = join(dir, path);
    const map = JSON.parse(await readFile(place, 'utf8')) as SourceMap;
    const lines = (await readFile(place.slice(0, -'.map'.length), 'utf8')).split('\n');
    const files = map.sources.map((source) => fileOf(source.split('?')[0]!));
    count(map.mappings, lines, files, bytes);
    await writeFile(place, JSON.stringify({ ...map, sources: files.map((file) => nameOf(file, root, finder)) }));
  }
  return bytes;
}

/** Every mapped place reaches to the next one in its line. */
function count(mappings: string, lines: string[], files: string[], bytes: Map<string, number>): void {
  decode(mappings).forEach((segments, line) => {
    segments.forEach((segment, index) => {
      const file = segment.length === 1 ? undefined : files[segment[1]];
      const end = segments[index + 1]?.[0] ?? lines[line]?.length ?? 0;
      if (file !== undefined) bytes.set(file, (bytes.get(file) ?? 0) + Math.max(0, end - segment[0]));
    });
  });
}

/** Rspack writes some paths by way of the folder of the workspace. */
function fileOf(source: string): string {
  return isAbsolute(source) ? normalize(withoutEscapes(source)) : source;
}

function nameOf(file: string, root: string, finder: PackageFinder): string {
  if (!isAbsolute(file)) return RUNTIME;
  const owner = finder.ofFile(file);
  const installed = owner && isInstalled(owner.dir) ? owner : undefined;
  const path = relative(installed?.dir ?? root, file)
    .split(sep)
    .join('/');
  return installed ? `node_modules/${installed.name}/${path}` : path;
}

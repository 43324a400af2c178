import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An image with catalog entities for a marketplace, and the name of the folder that they get. */
interface ExtraIndex {
  name: string;
  image: string;
}

/** Environment variables of RHDH's installer; each has the same effect here. */
export interface RhdhSettings {
  /** Packages of npm registries and web servers need no integrity (`SKIP_INTEGRITY_CHECK`). */
  skipIntegrity: boolean;
  /** Largest file of a package, bytes (`MAX_ENTRY_SIZE`); without it, only a package as a whole has a limit. */
  entryBytes?: number;
  /** Image with the default list of plugins (`CATALOG_INDEX_IMAGE`), as `oci://…`. */
  catalogIndex?: string;
  /** Images with more catalog entities (`EXTRA_CATALOG_INDEX_IMAGES`). */
  extraIndexes: ExtraIndex[];
  /** Folder for catalog entities (`CATALOG_ENTITIES_EXTRACT_DIR`). */
  entitiesDir: string;
  /** What of the variables is ignored, one sentence each. */
  warnings: string[];
}

/** Reads the variables; see README.md of `install-dynamic-plugins` in redhat-developer/rhdh-plugins. */
export function rhdhSettingsOf(env: NodeJS.ProcessEnv): RhdhSettings {
  const warnings: string[] = [];
  const { MAX_ENTRY_SIZE: size, CATALOG_INDEX_IMAGE: index } = env;
  const entryBytes = Number.parseInt(size ?? '', 10);
  const isSize = entryBytes >= 1;
  if (size && !isSize) warnings.push(`MAX_ENTRY_SIZE is ignored: ${JSON.stringify(size)} is not a number of bytes.`);
  return {
    skipIntegrity: env.SKIP_INTEGRITY_CHECK?.toLowerCase() === 'true',
    ...(isSize && { entryBytes }),
    ...(index?.trim() && { catalogIndex: imageIn(index.trim()) }),
    extraIndexes: extraIndexesOf(env.EXTRA_CATALOG_INDEX_IMAGES ?? '', warnings),
    entitiesDir: env.CATALOG_ENTITIES_EXTRACT_DIR || join(tmpdir(), 'extensions'),
    warnings,
  };
}

/** Entries are `name=image` or an image, whose name is made of it. */
function extraIndexesOf(text: string, warnings: string[]): ExtraIndex[] {
  const found = new Map<string, ExtraIndex>();
  for (const entry of text.split(',').map((one) => one.trim())) {
    if (!entry) continue;
    const at = entry.indexOf('=');
    const image = entry.slice(at + 1).trim();
    const name = at < 0 ? image.replaceAll(/[/:@]/g, '_') : entry.slice(0, at).trim();
    if (!image || /^\.{0,2}$|[/\\]/.test(name)) {
      const fault = image ? `${JSON.stringify(name)} is not the name of a folder` : 'it names no image';
      warnings.push(`EXTRA_CATALOG_INDEX_IMAGES: ${JSON.stringify(entry)} is ignored: ${fault}.`);
      continue;
    }
    const other = found.get(name);
    if (other) warnings.push(`EXTRA_CATALOG_INDEX_IMAGES: ${name} is given twice; the image ${image} is used.`);
    found.set(name, { name, image: imageIn(image) });
  }
  return [...found.values()];
}

/** An image, whatever scheme it has or none: `oci://`, `docker://host/name:tag`, `host/name:tag`. */
function imageIn(text: string): string {
  return `oci://${text.replace(/^(oci|docker):\/\//, '')}`;
}

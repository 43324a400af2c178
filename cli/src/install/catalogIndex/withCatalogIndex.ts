import { cp, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporary/temporaryFolder';
import { asUnwritable } from '../../temporary/unwritable';
import type { HttpContext } from '../../http/send';
import { noDefaultList } from '../errors';
import { DEFAULT_LIST } from '../list/readPluginList';
import type { RhdhSettings } from '../rhdhSettings';
import type { CatalogImages } from '../source';

/** Folders of an index that hold catalog entities; the first that is there counts. */
const ENTITIES = ['catalog-entities/extensions', 'catalog-entities/marketplace'];

/** The content of catalog indexes for a list. */
interface CatalogIndex {
  /** Absolute path of the default list of plugins. */
  defaultList?: string;
  warnings?: string[];
}

/** Context for fetching catalog indexes. */
interface IndexContext extends HttpContext {
  catalogs?: CatalogImages;
  /** Put catalog entities into their folders; by default true. */
  extract?: boolean;
}

/**
 * Fetches the catalog indexes that `settings` name, puts the catalog entities of each into its folder, and gives `use` the
 * default list, which is there until `use` is done. Throws CATALOG_INDEX_INVALID for an index without default list,
 * OUTPUT_UNWRITABLE for a folder of entities that cannot be written, and what fetching throws.
 */
export async function withCatalogIndex<T>(
  settings: RhdhSettings | undefined,
  { catalogs, extract = true, ...context }: IndexContext,
  use: (index: CatalogIndex) => Promise<T>,
): Promise<T> {
  if (!settings || (settings.catalogIndex === undefined && settings.extraIndexes.length === 0)) return await use({});
  if (!catalogs) throw new Error('A catalog index is configured without a source of images');
  const { catalogIndex, extraIndexes, entitiesDir } = settings;
  const { dir, dispose } = await temporaryFolder('catalog-index');
  try {
    const warnings: string[] = [];
    let defaultList: string | undefined;
    if (catalogIndex !== undefined) {
      const { dir: content } = await catalogs.unpack(catalogIndex, join(dir, 'index'), context);
      defaultList = join(content, DEFAULT_LIST);
      if (!(await stat(defaultList).catch(() => undefined))?.isFile()) {
        throw noDefaultList(catalogIndex, DEFAULT_LIST);
      }
      if (extract) await takeEntities(content, entitiesDir);
    }
    for (const [index, { name, image }] of extraIndexes.entries()) {
      const { dir: content } = await catalogs.unpack(image, join(dir, `extra-${index}`), context);
      if (!extract || (await takeEntities(content, join(entitiesDir, 'extra', name)))) continue;
      warnings.push(`EXTRA_CATALOG_INDEX_IMAGES: ${image} contains neither ${ENTITIES.join(' nor ')}.`);
    }
    return await use({ ...(defaultList !== undefined && { defaultList }), warnings });
  } finally {
    await dispose();
  }
}

/** Replaces `<to>/catalog-entities` by the entities of an index; false if it has none. */
async function takeEntities(content: string, to: string): Promise<boolean> {
  for (const folder of ENTITIES) {
    const from = join(content, folder);
    if (!(await stat(from).catch(() => undefined))?.isDirectory()) continue;
    const place = join(to, 'catalog-entities');
    try {
      await mkdir(to, { recursive: true });
      await rm(place, { recursive: true, force: true });
      await cp(from, place, { recursive: true });
    } catch (error) {
      throw asUnwritable(error, place);
    }
    return true;
  }
  return false;
}

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';
import { packName } from '../lib/bundlePackage.mjs';

/** The results of a sweep, kept by exporter, package and version, so that a sweep that was interrupted goes on where it stood. */
export class Results {
  #dir;

  constructor(dir) {
    this.#dir = dir;
  }

  /** Results below `cache` of the exporter as it is built now. */
  static async open(cache) {
    const dir = join(cache, await exporterDigest());
    await mkdir(dir, { recursive: true });
    return new Results(dir);
  }

  /** Folder of the bundle of a package. */
  bundleOf(name) {
    return join(this.#dir, packName(name));
  }

  /** What was found about a package at `version`, or undefined. */
  async read(name, version) {
    const text = await readFile(this.#file(name, version), 'utf8').catch(() => undefined);
    return text && JSON.parse(text);
  }

  async write(name, version, result) {
    await writeFile(this.#file(name, version), JSON.stringify(result, undefined, 2));
  }

  #file(name, version) {
    return join(this.#dir, `${packName(name)}@${version}.json`);
  }
}

/** Over all that the exporter runs. */
async function exporterDigest() {
  const hash = createHash('sha256');
  const dist = join(repository, 'cli/dist');
  for (const path of (await readdir(dist, { recursive: true })).sort()) {
    if (path.endsWith('.js')) hash.update(path).update(await readFile(join(dist, path)));
  }
  return hash.digest('hex').slice(0, 12);
}

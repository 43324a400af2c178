import { copyPlainFile, readBounded, sha256File } from '@stagedoor/bundle';
import { lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { algorithmOf, digestOfFile } from '../../digest/digests';
import { mirrorInvalid, blobMissing, blobChanged } from '../errors';

/** Where a mirror keeps content, each file named after its sha256, as in an image layout. */
const BLOBS = 'blobs/sha256';

/** The content of a mirror, by digest (`sha256:<hex>`). */
export class MirrorBlobs {
  readonly #dir: string;

  constructor(mirror: string) {
    this.#dir = join(mirror, BLOBS);
  }

  /** Takes a copy of a file unless its content is there; returns the digest. Rejects as the file system does. */
  async add(file: string): Promise<string> {
    const hex = await sha256File(file);
    const blob = join(this.#dir, hex);
    if (await isFile(blob)) return `sha256:${hex}`;
    await mkdir(this.#dir, { recursive: true });
    // Two packages may bring the same content at once: each writes a file of its own.
    const own = join(this.#dir, `${hex}.${process.hrtime.bigint()}`);
    await copyPlainFile(file, own);
    await rename(own, blob);
    return `sha256:${hex}`;
  }

  /** Absolute path of a file that has the digest; of another algorithm than sha256, all are looked at. Throws MIRROR_INVALID. */
  async file(digest: string): Promise<string> {
    if (!digest.startsWith('sha256:')) return await this.#search(digest);
    const hex = digest.replace(/^sha256:/, '');
    const blob = join(this.#dir, hex);
    if (!(await isFile(blob))) throw blobMissing(digest);
    const found = await sha256File(blob);
    if (found === hex) return blob;
    throw blobChanged(blob, `sha256:${found}`);
  }

  async #search(digest: string): Promise<string> {
    for (const name of await readdir(this.#dir).catch(() => [])) {
      const blob = join(this.#dir, name);
      if ((await isFile(blob)) && (await digestOfFile(blob, algorithmOf(digest))) === digest) return blob;
    }
    throw blobMissing(digest);
  }

  /** The content of a small file with the digest. Throws MIRROR_INVALID. */
  async bytes(digest: string, limit: number): Promise<Buffer> {
    const blob = await this.file(digest);
    const bytes = await readBounded(blob, limit);
    if (Buffer.isBuffer(bytes)) return bytes;
    throw mirrorInvalid(blob, ` is ${bytes}.`);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() === true;
}

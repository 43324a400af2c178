import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { manifestMissing } from '../errors';
import { parseManifestText, readManifestBytes, type BundleManifest } from '../manifest';
import { MANIFEST_FILE } from '../names';

/** The statement that signatures of the bundle in `dir` cover, and the manifest it was read from, in one read. */
export interface Statement {
  manifest: BundleManifest;
  /** The bytes that are signed. */
  bytes: Buffer;
}

/**
 * The signed statement: a line that distinguishes it from anything else that the key may sign, the digest of the files, and
 * the sha256 of `dynamic-bundle.json`, so that shared ranges, opened routes and native platform are signed too. Throws
 * MANIFEST_MISSING, or the codes of reading a manifest.
 */
export async function readStatement(dir: string): Promise<Statement> {
  const text = await readManifestBytes(dir);
  if (!text) throw manifestMissing(dir);
  const manifest = parseManifestText(text.toString('utf8'), join(dir, MANIFEST_FILE));
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { manifest, bytes: Buffer.from(`stagedoor bundle signature 1\n${manifest.digest}\n${sha256}\n`) };
}

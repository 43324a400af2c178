import { join } from 'node:path';
import { MANIFEST_FILE, checkFiles, integrityOf, listFiles, readManifest, sha256File } from '@stagedoor/bundle';
import type { ExportRecord } from './records';

/** True when the bundle, and the archive if there is one, are byte for byte what the recorded export wrote. */
export async function isIntact({ result, manifest: recorded }: ExportRecord): Promise<boolean> {
  try {
    const manifest = await readManifest(result.path);
    if (!manifest || (await sha256File(join(result.path, MANIFEST_FILE))) !== recorded) return false;
    checkFiles(manifest, await listFiles(result.path));
    return result.archive === undefined || (await integrityOf(result.archive)) === result.integrity;
  } catch {
    return false;
  }
}

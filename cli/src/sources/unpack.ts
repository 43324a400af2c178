import { MANIFEST_FILE, SIGNATURE_FILE, extractArchive } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { SourceContext } from '../install/source';

/** What a bundle says of itself. */
export const STATEMENT = [MANIFEST_FILE, SIGNATURE_FILE];

/**
 * Unpacks an archive into a folder below `scratch`, which is returned, once `admit` has let in what it says of itself.
 * Errors call the archive `shown`. Throws ARCHIVE_*, OUTPUT_UNWRITABLE, and what `admit` throws.
 */
export async function unpack(
  file: string,
  scratch: string,
  { shown, admit, limits }: Pick<SourceContext, 'admit' | 'limits'> & { shown: string },
): Promise<string> {
  const options = { shown, ...(limits && { limits }) };
  if (admit) {
    const statement = join(scratch, 'statement');
    await extractArchive(file, statement, { ...options, only: STATEMENT });
    await admit(statement);
  }
  const dir = join(scratch, 'plugin');
  await extractArchive(file, dir, options);
  return dir;
}

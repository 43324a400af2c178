import { extractArchive } from '@stagedoor/bundle';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { STATEMENT } from '../bundles/statement';
import type { SourceContext } from '../install/source';

/** A new folder below `folder`, which other packages may be fetched into at the same time. */
export async function scratchFolder(folder: string): Promise<string> {
  return await mkdtemp(join(folder, 'fetch-'));
}

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

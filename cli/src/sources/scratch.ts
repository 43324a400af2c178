import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** A new folder below `folder`, which other packages may be fetched into at the same time. */
export async function scratchFolder(folder: string): Promise<string> {
  return await mkdtemp(join(folder, 'fetch-'));
}

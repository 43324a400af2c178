import { join } from 'node:path';
import { exportBundle } from './export';
import { repository } from './repository';
import { copyAsVersion } from './sourceCopy';

/** Name of the bundle of examples/hello-dynamic-backend. */
export const HELLO = '@stagedoor/hello-dynamic-backend-dynamic';

/** Exports the hello example as a given version below `parent`, with the bin; `args` are further arguments. Returns the folder. */
export async function helloBundle(parent: string, version: string, ...args: string[]): Promise<string> {
  const example = join(repository, 'examples/hello-dynamic-backend');
  const source = await copyAsVersion(example, join(parent, `hello-source-${version}`), version);
  return await exportBundle(source, join(parent, `hello-${version}`), ...args);
}

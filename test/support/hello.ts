import { join } from 'node:path';
import { exportBundle } from './export';
import { repository } from './repository';
import { copyAsVersion } from './sourceCopy';

/** Name of the bundle of examples/hello-dynamic-backend. */
export const HELLO = '@stagedoor/hello-dynamic-backend-dynamic';

/** Name of the bundle of examples/hello-dynamic-frontend. */
export const HELLO_PAGE = '@stagedoor/hello-dynamic-frontend-dynamic';

/** Exports the hello example as a given version below `parent`, with the bin; `args` are further arguments. Returns the folder. */
export async function helloBundle(parent: string, version: string, ...args: string[]): Promise<string> {
  return await exampleBundle('hello-dynamic-backend', join(parent, `hello-${version}`), version, ...args);
}

/** {@link helloBundle} for the example that runs in browsers. */
export async function helloPageBundle(parent: string, version: string, ...args: string[]): Promise<string> {
  return await exampleBundle('hello-dynamic-frontend', join(parent, `hello-page-${version}`), version, ...args);
}

async function exampleBundle(name: string, out: string, version: string, ...args: string[]): Promise<string> {
  const source = await copyAsVersion(join(repository, 'examples', name), `${out}-source`, version);
  return await exportBundle(source, out, ...args);
}

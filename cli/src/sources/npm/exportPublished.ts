import { packBundle } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { SourceContext } from '../../install/source';

/** A plugin as it is published. */
export interface PublishedPlugin {
  name: string;
  version: string;
  /** What the registry lists, and the archive was held against. */
  integrity: string;
}

/** One export after another: each starts npm, esbuild and a backend. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Exports a published plugin into a folder below `scratch` and returns that. Its dependencies come through npm, as its
 * settings seen from `cwd` say. Throws what an export throws.
 */
export async function exportPublished(
  plugin: PublishedPlugin,
  scratch: string,
  context: SourceContext,
): Promise<string> {
  const turn = last.then(() => exportOne(plugin, scratch, context));
  last = turn.catch(() => undefined);
  return await turn;
}

async function exportOne(
  { name, version, integrity }: PublishedPlugin,
  scratch: string,
  { cwd, signal, keep }: SourceContext,
): Promise<string> {
  signal?.throwIfAborted();
  // Imported late: most lists have nothing to export.
  const { exportPlugin } = await import('../../export/exportPlugin');
  const { path } = await exportPlugin({
    cwd,
    target: `${name}@${version}`,
    integrity,
    out: join(scratch, 'exported'),
    pack: false,
    startCheck: true,
    ...(signal && { signal }),
  });
  if (keep) await keep((await packBundle(path, join(scratch, 'exported.tgz'))).file);
  return path;
}

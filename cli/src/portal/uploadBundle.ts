import { packBundle } from '@stagedoor/bundle';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withBundle, type OpenOptions } from '../bundles/openBundle';
import { temporaryFolder } from '../temporary/temporaryFolder';
import type { PortalPlugin } from './answers';
import type { PortalClient } from './portalClient';

/**
 * Uploads what `target` means to {@link withBundle}: archives as they are, folders packed. Resolves when the plugin runs. Throws
 * what reading the bundle and the portal give.
 */
export async function uploadBundle(client: PortalClient, target: string, options: OpenOptions): Promise<PortalPlugin> {
  return await withBundle(target, options, async ({ dir, archive }) => {
    if (archive) return await uploadFile(client, archive);
    const temporary = await temporaryFolder('upload');
    try {
      const { file } = await packBundle(dir, join(temporary.dir, 'bundle.tgz'));
      return await uploadFile(client, file);
    } finally {
      await temporary.dispose();
    }
  });
}

async function uploadFile(client: PortalClient, file: string): Promise<PortalPlugin> {
  return await client.upload(file, (await stat(file)).size);
}

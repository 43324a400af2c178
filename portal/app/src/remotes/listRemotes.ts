import type { ConfigApi } from '@backstage/frontend-plugin-api';

/** A Module Federation remote that the portal serves, as `GET /.backstage/dynamic-features/remotes` lists it. */
export interface Remote {
  packageName: string;
  exposedModules: string[];
  remoteInfo: { name: string; entry: string };
  /** Of the build that is served; the digest changes with every upgrade. */
  version: string;
  digest: string;
}

/** The remotes that the portal serves now. */
export async function listRemotes(config: ConfigApi): Promise<Remote[]> {
  const response = await fetch(`${config.getString('backend.baseUrl')}/.backstage/dynamic-features/remotes`);
  if (!response.ok) throw new Error(`The portal answers ${response.status} when it is asked for frontend plugins.`);
  return (await response.json()) as Remote[];
}

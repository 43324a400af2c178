import type { AppConfig } from '@backstage/config';

/** A Module Federation remote that the portal serves, as `GET /.backstage/dynamic-features/remotes` lists it. */
export interface Remote {
  packageName: string;
  exposedModules: string[];
  remoteInfo: { name: string; entry: string };
  /** Of the build that is served; the digest changes with every upgrade. */
  version: string;
  digest: string;
  /** What it lets browsers see of app-config. */
  config?: AppConfig['data'];
}

/** The remotes that the portal at `baseUrl` serves now; none where it does not say, because its own pages are of use without. */
export async function listRemotes(baseUrl: string): Promise<Remote[]> {
  try {
    const response = await fetch(`${baseUrl}/.backstage/dynamic-features/remotes`);
    if (!response.ok) throw new Error(`The portal answers ${response.status}.`);
    return (await response.json()) as Remote[];
  } catch (error) {
    console.error('The frontend plugins of the portal are not there.', error);
    return [];
  }
}

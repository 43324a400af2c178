import type { AppConfig } from '@backstage/config';

/** A Module Federation remote, as `GET /.backstage/dynamic-features/remotes` lists it. */
export interface Remote {
  packageName: string;
  exposedModules: string[];
  remoteInfo: { name: string; entry: string };
  /** Of the build that is served; the digest changes with every upgrade. Absent if a backend loads plugins once. */
  version?: string;
  digest?: string;
  /** What it lets browsers see of app-config. */
  config?: AppConfig['data'];
}

const asked = new Map<string, Promise<Remote[]>>();

/**
 * The remotes that the portal at `baseUrl` served when this page first asked, as pages load remotes once. None if the portal does not
 * say: its own pages are of use without.
 */
export function listRemotes(baseUrl: string): Promise<Remote[]> {
  const known = asked.get(baseUrl) ?? ask(baseUrl);
  asked.set(baseUrl, known);
  return known;
}

async function ask(baseUrl: string): Promise<Remote[]> {
  try {
    const response = await fetch(`${baseUrl}/.backstage/dynamic-features/remotes`);
    if (!response.ok) throw new Error(`The portal answers ${response.status}.`);
    return (await response.json()) as Remote[];
  } catch (error) {
    console.error('The frontend plugins of the portal could not be listed.', error);
    return [];
  }
}

import { ConfigReader, type AppConfig } from '@backstage/config';
import type { ConfigApi } from '@backstage/frontend-plugin-api';
import { listRemotes } from './listRemotes';

/**
 * The config of the page, and with it what the remotes of the portal let browsers see. Portals that serve the app write that into the
 * page; an app that is served elsewhere asks for it.
 */
export async function loadConfig(): Promise<{ config: ConfigApi }> {
  const own = pageConfig();
  const remotes = await listRemotes(ConfigReader.fromConfigs(own).getString('backend.baseUrl'));
  // Of a value that both give, the page has more to say.
  const theirs = remotes.flatMap(({ packageName: context, config: data }) => (data ? [{ context, data }] : []));
  return { config: ConfigReader.fromConfigs([...theirs, ...own]) };
}

/** What the app was built with, and what the portal wrote of app-config into the page. */
function pageConfig(): AppConfig[] {
  const tags = [...document.querySelectorAll('script[type="backstage.io/config"]')];
  const written = tags.flatMap((tag) => JSON.parse(tag.textContent ?? '[]') as AppConfig[]);
  return [...written, hereInstead(ConfigReader.fromConfigs(written))];
}

/** As in all Backstage apps, the addresses of app-config mean the one that the page was reached at. */
function hereInstead(config: ConfigReader): AppConfig {
  const app = config.getOptionalString('app.baseUrl');
  const backend = config.getOptionalString('backend.baseUrl');
  const served = app !== undefined && backend !== undefined && new URL(app).origin === new URL(backend).origin;
  return {
    context: 'page',
    data: {
      ...(app !== undefined && { app: { baseUrl: here(app) } }),
      ...(served && { backend: { baseUrl: here(backend) } }),
    },
  };
}

function here(address: string): string {
  const { pathname } = new URL(address);
  return (window.location.origin + pathname).replace(/\/$/, '');
}

import { ConfigReader, type AppConfig } from '@backstage/config';

/** What the portal wrote of app-config into the page. */
export function pageConfig(): AppConfig[] {
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

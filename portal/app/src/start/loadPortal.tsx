import { ConfigReader } from '@backstage/config';
import { listRemotes } from '../remotes/listRemotes';
import { loadRemotes } from '../remotes/loadRemotes';
import { pageConfig } from './pageConfig';
import { Portal } from './Portal';

/** Loads what the portal serves for this page, and gives the app. */
export async function loadPortal() {
  const own = pageConfig();
  const remotes = await listRemotes(ConfigReader.fromConfigs(own).getString('backend.baseUrl'));
  // Of a value that both give, the page has more to say.
  const theirs = remotes.flatMap(({ packageName: context, config: data }) => (data ? [{ context, data }] : []));
  const config = ConfigReader.fromConfigs([...theirs, ...own]);
  const loaded = await loadRemotes(remotes, config);
  return { default: () => <Portal config={config} remotes={loaded} /> };
}

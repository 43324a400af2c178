import type { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import { readAnswer, type Answer } from './answer';

export const BUNDLED_CODE = `const base = await discoveryApi.getBaseUrl('hello');
// declared open by the plugin
await fetch(\`\${base}/ping\`);
// sends your session along
await fetchApi.fetch(\`\${base}/things\`);`;

export const BUNDLED_CONFIG = `# the operator: no restart
cp *.tgz dynamic-plugins-root/

// the plugin: everything else needs a session
httpRouter.addAuthPolicy({
  path: '/ping',
  allow: 'unauthenticated',
});`;

/** Calls the open path of the hello example, with no session. */
export async function ping(discovery: DiscoveryApi): Promise<Answer> {
  return await told(await fetch(`${await discovery.getBaseUrl('hello')}/ping`));
}

/** Calls a closed path of the hello example; `fetchApi` sends the session along, plain `fetch` does not. */
export async function listThings(discovery: DiscoveryApi, { fetch }: Pick<FetchApi, 'fetch'>): Promise<Answer> {
  return await told(await fetch(`${await discovery.getBaseUrl('hello')}/things`));
}

async function told(response: Response): Promise<Answer> {
  const { json: _, ...answer } = await readAnswer(response);
  if (response.status === 401)
    return { ...answer, notes: ['Nobody comes in without a session, unless a plugin says so.'] };
  if (response.status === 404)
    return { ...answer, notes: ['The bundle of the hello example does not run: see Plugins.'] };
  return answer;
}

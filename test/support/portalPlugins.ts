import type { PluginStatus } from '@stagedoor/loader';
import type { Portal } from './portal';
import { waitFor } from './waitFor';

const tokens = new WeakMap<Portal, string>();

/** `GET /api/dynamic-plugins/v1/plugins` as the guest user. */
export async function pluginsOf(portal: Portal): Promise<PluginStatus[]> {
  const token = tokens.get(portal) ?? (await portal.guestToken());
  tokens.set(portal, token);
  const response = await portal.fetch('/api/dynamic-plugins/v1/plugins', { token });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { items: PluginStatus[] }).items;
}

/** Waits until a bundle is in a state (and, where given, serves a version); returns its status. */
export async function untilState(
  portal: Portal,
  name: string,
  state: PluginStatus['state'],
  version?: string,
): Promise<PluginStatus> {
  let seen: PluginStatus | undefined;
  try {
    const ask = async (): Promise<PluginStatus | undefined> => {
      seen = (await pluginsOf(portal)).find((status) => status.name === name);
      return seen?.state === state && (!version || seen.loaded?.version === version) ? seen : undefined;
    };
    return await waitFor(`${name} to be ${state}`, ask);
  } catch (error) {
    const lines = portal.logs().split('\n');
    const logs = lines.filter((line) => !line.includes('rootHttpRouter')).slice(-20);
    throw new Error(`${(error as Error).message}, it is ${JSON.stringify(seen)}\n${logs.join('\n')}`, { cause: error });
  }
}

/** Waits until a bundle is no longer known. */
export async function untilGone(portal: Portal, name: string): Promise<void> {
  await waitFor(`${name} to be gone`, async () => !(await pluginsOf(portal)).some((status) => status.name === name));
}

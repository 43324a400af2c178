import type { PortalPlugin, PortalPluginList } from '../portal/answers';
import { rows } from './rows';

/** These come first: they need attention. */
const ATTENTION = ['quarantined', 'failed', 'rejected', 'backoff'];

/** The plugins of a portal, one line each; those that need attention first, with the reason below. */
export function listLines({ items, faults = [] }: PortalPluginList): string[] {
  const order = new Intl.Collator('en', { numeric: true });
  const sorted = items.toSorted((a, b) => rank(a) - rank(b) || order.compare(a.name, b.name));
  const width = Math.max(0, ...items.map(({ name }) => name.length));
  return [
    ...faults.flatMap(({ code, message, hint }) => faultLines({ code, message, hint }, '')),
    ...sorted.flatMap((plugin) => [
      `${plugin.state.padEnd(11)} ${plugin.name.padEnd(width)}  ${versionsOf(plugin)}`,
      ...faultLines(plugin, '            '),
    ]),
    ...(items.length === 0 ? ['no dynamic plugins'] : []),
  ];
}

/** One plugin of a portal. */
export function pluginLines(plugin: PortalPlugin): string[] {
  const { name, state, since, loaded, onDisk, drop, role, digest, pluginIds, openedRoutes, isolation, health } = plugin;
  const conditions = Object.entries(health ?? {}).map(([id, { condition }]) => `${id} ${condition}`);
  return [
    `${name} ${plugin.version ?? ''}`.trimEnd(),
    ...faultLines(plugin, '  '),
    ...rows([
      ['state', `${state} since ${since}`],
      ['serves', loaded?.version ?? 'nothing'],
      ['on disk', onDisk ? `${onDisk.version} (${onDisk.drop})` : (drop ?? 'nothing')],
      ['role', role ?? 'unknown'],
      ['plugins', pluginIds.join(', ') || 'none'],
      ['health', conditions.join(', ') || 'no checks'],
      ['runs in', isolation === 'process' ? 'a process of its own' : "the portal's process"],
      [
        'opened',
        openedRoutes.map(({ pluginId, path, allow }) => `/api/${pluginId}${path} (${allow})`).join(', ') || 'none',
      ],
      ['digest', digest ?? 'unknown'],
    ]),
  ];
}

/** What became of a plugin that was changed. */
export function changeLine(plugin: { name: string } & Partial<PortalPlugin>, done: string): string {
  const { name, version, state } = plugin;
  const now = state === undefined || state === done ? '' : `, ${state}`;
  return `${done.padEnd(11)} ${name}${version ? ` ${version}` : ''}${now}`;
}

function rank({ state }: PortalPlugin): number {
  const place = ATTENTION.indexOf(state);
  return place === -1 ? ATTENTION.length : place;
}

function versionsOf({ version, loaded, onDisk }: PortalPlugin): string {
  const serves = loaded && loaded.version !== version ? ` (${loaded.version} serves)` : '';
  const dropped = onDisk && onDisk.version !== version ? ` (${onDisk.version} on disk)` : '';
  return `${version ?? '?'}${serves}${dropped}`;
}

function faultLines(
  { code, message, hint }: { code?: string; message?: string; hint?: string },
  indent: string,
): string[] {
  if (!code && !message) return [];
  return [`${indent}${[code, message].filter(Boolean).join(': ')}`, ...(hint ? [`${indent}hint: ${hint}`] : [])];
}

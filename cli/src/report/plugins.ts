import type { PortalPlugin, PortalPluginList } from '../portal/answers';
import { rows } from './rows';

/** These come first: they need attention. */
const ATTENTION = [
  'quarantined',
  'failed',
  'rejected',
  'backoff',
  'restarting',
  'update-failed',
  'degraded',
  'rolled-back',
];

/** The plugins of a portal, one line each; those that need attention first, with the reason below. */
export function listLines({ items, faults = [] }: PortalPluginList): string[] {
  const order = new Intl.Collator('en', { numeric: true });
  const sorted = items.toSorted((a, b) => rank(a) - rank(b) || order.compare(a.name, b.name));
  const width = Math.max(0, ...items.map(({ name }) => name.length));
  return [
    ...faults.flatMap(({ code, message, hint }) => faultLines({ code, message, hint }, '')),
    ...sorted.flatMap((plugin) => [
      `${stateOf(plugin).padEnd(13)} ${plugin.name.padEnd(width)}  ${versionsOf(plugin)}`,
      ...reasonLines(plugin, ' '.repeat(14)),
    ]),
    ...(items.length === 0 ? ['no dynamic plugins'] : []),
  ];
}

/** One plugin of a portal. */
export function pluginLines(plugin: PortalPlugin): string[] {
  const { name, since, loaded, onDisk, drop, role, digest, pluginIds, openedRoutes, isolation, health } = plugin;
  const conditions = Object.entries(health ?? {}).map(([id, { condition }]) => `${id} ${condition}`);
  return [
    `${name} ${plugin.version ?? ''}`.trimEnd(),
    ...reasonLines(plugin, '  '),
    ...rows([
      ['state', `${stateOf(plugin)} since ${plugin.summary?.since ?? since}`],
      ['runs', (plugin.summary ? plugin.summary.runs : loaded)?.version ?? 'nothing'],
      ...(plugin.summary
        ? [['restart', plugin.summary.nextStart.version ?? 'starts nothing'] as [string, string]]
        : []),
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

/** The state that the portal derives; that of the loader for a portal that derives none. */
function stateOf({ summary, state }: PortalPlugin): string {
  return summary?.state ?? state;
}

/** Why a plugin is in its state, unless it simply runs. */
function reasonLines(plugin: PortalPlugin, indent: string): string[] {
  const { summary, code, hint } = plugin;
  if (!summary) return faultLines(plugin, indent);
  if (summary.state === 'running') return [];
  const neutral = summary.state === 'disabled' || summary.state === 'rolled-back';
  const { refused } = summary;
  const fault = neutral ? {} : { code: refused?.code ?? code, hint: refused?.hint ?? hint };
  return faultLines({ ...fault, message: summary.message }, indent);
}

function rank(plugin: PortalPlugin): number {
  const place = ATTENTION.indexOf(stateOf(plugin));
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

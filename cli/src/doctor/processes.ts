import type { Config } from '@backstage/config';
import type { Finding } from './finding';

const SECTION = 'dynamicPlugins';

/** Plugins that do not run in the portal itself. */
export interface Processes {
  /** The first and the last user that they run as, each plugin one of its own; `portal`: all as the user of the portal. */
  users: 'portal' | { first: number; last: number };
}

/** Under which users plugins run, by app-config; undefined if none runs in a process. */
export function readProcesses(config: Config): Processes | undefined {
  const all = config.getOptional(`${SECTION}.isolation`) === 'process';
  if (!all && isolated(config).length === 0) return undefined;
  const range = config.getOptional(`${SECTION}.process.users`) as { from?: unknown; count?: unknown } | undefined;
  const { from, count = 1000 } = range ?? {};
  if (typeof from !== 'number' || typeof count !== 'number') return { users: 'portal' };
  return { users: { first: from, last: from + count - 1 } };
}

/** What processes are left that need not be. */
export function examineProcesses(config: Config, processes: Processes | undefined): Finding[] {
  if (processes?.users !== 'portal') return [];
  const common = config.getOptional(`${SECTION}.process.permissionModel`) === true;
  const own = isolated(config).map(({ permissionModel }) => permissionModel ?? common);
  const all = config.getOptional(`${SECTION}.isolation`) === 'process';
  if (all ? common && own.every(Boolean) : own.every(Boolean)) return [];
  return [
    {
      level: 'warning',
      subject: `${SECTION}.process`,
      message:
        'Plugin processes run as the user of the portal: they can end it, and read the secrets in its environment.',
      fix: 'Set permissionModel, or users if the portal runs as root. Or run them in a separate pod.',
    },
  ];
}

/** What holds for the plugins that are to run in a process by name. */
function isolated(config: Config): Array<{ permissionModel?: unknown }> {
  const plugins = config.getOptional(`${SECTION}.plugins`);
  if (typeof plugins !== 'object' || plugins === null) return [];
  return Object.values(plugins as Record<string, { isolation?: unknown; permissionModel?: unknown } | null>).flatMap(
    (plugin) => (plugin?.isolation === 'process' ? [plugin] : []),
  );
}

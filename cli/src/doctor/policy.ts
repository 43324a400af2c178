import type { Config } from '@backstage/config';
import type { Finding } from './finding';

/** Findings about a policy that is more open than necessary. */
export function examinePolicy(config: Config): Finding[] {
  const findings: Finding[] = [];
  if ((config.getOptional('dynamicPlugins.auth.unauthenticated') ?? 'declared') === 'declared') {
    findings.push({
      level: 'warning',
      subject: 'dynamicPlugins.auth.unauthenticated',
      message: 'Plugins decide themselves which of their paths answer without a session.',
      fix: 'Set it to listed, and list the paths below dynamicPlugins.auth.open.',
    });
  }
  for (const id of openExceptions(config)) {
    findings.push({
      level: 'warning',
      subject: `dynamicPlugins.plugins.${id}`,
      message: `The first bundles that provide or extend the plugin '${id}' run in the portal, whatever their names, although others run in processes.`,
      fix: 'List the intended bundles under packages.',
    });
  }
  return findings;
}

/** Ids of plugins that run in the portal, where others do not, with settings that do not name the bundles. */
function openExceptions(config: Config): string[] {
  const settings = config.getOptional<{
    isolation?: unknown;
    plugins?: Record<string, Record<string, unknown> | null>;
  }>('dynamicPlugins');
  if (settings?.isolation !== 'process' || typeof settings.plugins !== 'object') return [];
  const plugins = Object.entries(settings.plugins);
  return plugins.flatMap(([id, own]) => (own?.isolation === 'in-process' && own.packages === undefined ? [id] : []));
}

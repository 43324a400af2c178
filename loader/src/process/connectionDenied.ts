import type { PolicyDecision } from '../policy/decision';
import type { StagedBundle } from '../stage/stagedBundle';
import { connectionRefused } from './errors';
import { DENIAL_PREFIX } from './membrane/denied';
import { text } from './untrusted';

/**
 * The policy decision that a confined process reports by a line on stderr when it denied its plugin a connection; undefined
 * for other lines.
 */
export function connectionDenied(
  line: string,
  pluginId: string,
  { name, version, digest }: StagedBundle,
): PolicyDecision | undefined {
  if (!line.startsWith(DENIAL_PREFIX)) return undefined;
  const target = parseTarget(line.slice(DENIAL_PREFIX.length));
  if (target === undefined) return undefined;
  const { code, message, hint } = connectionRefused(pluginId, target, connectSetting(pluginId));
  const setting = `plugins.${pluginId}.connect` as const;
  return { setting, outcome: 'refused', plugin: name, version, digest, code, message, hint };
}

/** The setting that lists what the process of a plugin may connect to. */
export function connectSetting(pluginId: string): string {
  return `dynamicPlugins.plugins.${pluginId}.connect`;
}

/** The plugin may have written the text: it is shown on one line. */
function parseTarget(json: string): string | undefined {
  try {
    return text(JSON.parse(json))?.replace(/[^\x20-\x7e]/g, '?');
  } catch {
    return undefined;
  }
}

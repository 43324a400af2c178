import type { Config } from '@backstage/config';
import type { Finding } from './finding';

/** What the policy of a portal leaves open that need not be. */
export function examinePolicy(config: Config): Finding[] {
  const findings: Finding[] = [];
  if (config.getOptional('permission.enabled') !== true) {
    findings.push({
      level: 'warning',
      subject: 'permission.enabled',
      message: 'Every signed-in user may reload, disable and roll back plugins.',
      fix: 'Set it to true, and let a policy grant dynamic-plugins.manage.',
    });
  }
  if ((config.getOptional('dynamicPlugins.auth.unauthenticated') ?? 'declared') === 'declared') {
    findings.push({
      level: 'warning',
      subject: 'dynamicPlugins.auth.unauthenticated',
      message: 'A plugin decides by itself which of its paths answer without a session.',
      fix: 'Set it to listed, and list the paths below dynamicPlugins.auth.open.',
    });
  }
  return findings;
}

import type { Config } from '@backstage/config';
import type { Finding } from './finding';

/** What the policy of a portal leaves open that need not be. */
export function examinePolicy(config: Config): Finding[] {
  const findings: Finding[] = [];
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

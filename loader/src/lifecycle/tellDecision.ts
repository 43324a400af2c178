import type { LoggerService } from '@backstage/backend-plugin-api';
import type { PolicyDecision } from '../policy/decision';
import type { EventLog } from './eventLog';

/** Says what policy decided: in the log, and to who follows the events. */
export function tellDecision(
  decision: PolicyDecision,
  { logger, events }: { logger: LoggerService; events: EventLog },
): void {
  const { setting, outcome, plugin, code, message, hint } = decision;
  const why = code ? `${code}: ${message}` : message;
  const text = `${plugin}: ${outcome} by dynamicPlugins.${setting}: ${why} ${hint ? `Remedy: ${hint}` : ''}`;
  logger[outcome === 'allowed' ? 'info' : 'warn'](text);
  events.append({ type: 'policy', ...decision });
}

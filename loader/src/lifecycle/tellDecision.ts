import type { LoggerService } from '@backstage/backend-plugin-api';
import { faultText } from '../errors/faultText';
import type { PolicyDecision } from '../policy/decision';
import type { EventLog } from './eventLog';

/** Reports a policy decision in the log and as an event. */
export function tellDecision(
  decision: PolicyDecision,
  { logger, events }: { logger: LoggerService; events: EventLog },
): void {
  const { setting, outcome, plugin, code, message, hint } = decision;
  const why = code ? faultText({ code, message, hint }) : message;
  const text = `${plugin}: ${outcome} by dynamicPlugins.${setting}: ${why}`;
  logger[outcome === 'allowed' ? 'info' : 'warn'](text);
  events.append({ type: 'policy', ...decision });
}

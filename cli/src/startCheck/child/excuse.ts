import { errorChain, firstLine, type Thrown } from './errorChain';

const MISSING_KEY = /Missing required config value at '([^']+)'/;
// The AJV wording of @backstage/config-loader.
const MISSING_PROPERTY = /must have required property '([^']+)'.*? at (\/\S*)/;
const NETWORK = /\b(ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)\b/;

/** How plugins word it that check their config by themselves. */
const SPEAKS_OF_CONFIG = /config|setting|missing|required|must\b|not (?:set|defined|provided|found|specified)/i;

/**
 * Why a failed init is not an error of the bundle: it needs app-config, or a service, that only the operator's
 * portal has. `absentKeys` are the keys that it read and that are missing. Undefined if it is an error of the bundle.
 */
export function excuse(thrown: unknown, absentKeys: ReadonlySet<string>): string | undefined {
  const chain = errorChain(thrown);
  for (const { message = '' } of chain) {
    const key = MISSING_KEY.exec(message)?.[1] ?? missingProperty(message);
    if (key) return `needs app-config key ${key} to start`;
  }
  const complaint = chain.find((error) => isPlain(error) && SPEAKS_OF_CONFIG.test(error.message ?? ''));
  if (complaint && absentKeys.size > 0) {
    return `needs app-config key ${namedKeys(complaint.message!, absentKeys)} to start: ${firstLine(complaint)}`;
  }
  const unreachable = chain.find((error) => NETWORK.test(`${error.code} ${error.message}`));
  return unreachable && `needs the network to start, which the test host has not: ${firstLine(unreachable)}`;
}

function missingProperty(message: string): string | undefined {
  const [, property, parent] = MISSING_PROPERTY.exec(message) ?? [];
  return property && [...parent!.split('/').filter(Boolean), property].join('.');
}

/** Not thrown by Node.js itself, as for a property of undefined. */
function isPlain({ name }: Thrown): boolean {
  return !/^(?:Type|Reference|Range|Syntax)Error$/.test(name ?? '');
}

/** Of the keys those that the message names, if any. */
function namedKeys(message: string, keys: ReadonlySet<string>): string {
  const text = message.toLowerCase();
  const named = [...keys].filter((key) => text.includes(key.toLowerCase()));
  return (named.length > 0 ? named : [...keys]).join(' or ');
}

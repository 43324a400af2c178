import { errorChain, firstLine } from './errorChain';

const MISSING_KEY = /Missing required config value at '([^']+)'/;
// The AJV wording of @backstage/config-loader.
const MISSING_PROPERTY = /must have required property '([^']+)'.*? at (\/\S*)/;
const NETWORK = /\b(ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)\b/;

/**
 * Why an init that failed is no fault of the bundle: it wants app-config, or a service, that only the operator's
 * portal has. Undefined where it is one.
 */
export function excuse(thrown: unknown): string | undefined {
  const chain = errorChain(thrown);
  for (const { message = '' } of chain) {
    const key = MISSING_KEY.exec(message)?.[1] ?? missingProperty(message);
    if (key) return `needs app-config key ${key} to start`;
  }
  const unreachable = chain.find((error) => NETWORK.test(`${error.code} ${error.message}`));
  return unreachable && `needs the network to start, which the test host has not: ${firstLine(unreachable)}`;
}

function missingProperty(message: string): string | undefined {
  const [, property, parent] = MISSING_PROPERTY.exec(message) ?? [];
  return property && [...parent!.split('/').filter(Boolean), property].join('.');
}

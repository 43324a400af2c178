/** The replacement of a secret. */
const REDACTED = '***';

/** An address in a text: up to a blank or quote, without trailing punctuation. */
const ADDRESS = /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'`<>\\]*[^\s"'`<>\\.,;:!)\]]/gi;
const USER = /(:\/\/)[^\s/?#]*@/;
const QUERY = /\?([^#]*)/;

/**
 * An address in a form that may be printed and stored: without user name and password, and without the values of its query,
 * which are secrets in signed addresses. Other texts are returned unchanged: names of npm packages, images, paths. An address
 * that cannot be parsed is reduced to its scheme, because it is unknown where a password ends.
 */
export function redactAddress(address: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*:\/\/)/i.exec(address)?.[1];
  if (scheme === undefined) return redactAddresses(address);
  if (/^https?:/i.test(scheme) && !URL.canParse(address)) return `${scheme}${REDACTED}`;
  return redact(address);
}

/** A text with every address in it redacted as {@link redactAddress} does one. */
export function redactAddresses(text: string): string {
  return text.includes('://') ? text.replace(ADDRESS, redact) : text;
}

/** True for a text with an address that contains a user name or password; `git@` counts as neither, since it is public. */
export function holdsCredentials(text: string): boolean {
  return USER.test(text.replace('://git@', '://'));
}

/** A copy of plain data with every address in its strings redacted. */
export function redactData<T>(value: T): T {
  if (typeof value === 'string') return redactAddresses(value) as T;
  if (Array.isArray(value)) return value.map((member: unknown) => redactData(member)) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactData(member)])) as T;
}

function redact(address: string): string {
  return address
    .replace(USER, `$1${REDACTED}@`)
    .replace(QUERY, (_, query: string) => (query === '' ? '' : `?${redactQuery(query)}`));
}

/** Names stay, because they say what was requested. */
function redactQuery(query: string): string {
  return query
    .split('&')
    .map((field) => (field.includes('=') ? `${field.slice(0, field.indexOf('='))}=${REDACTED}` : REDACTED))
    .join('&');
}

import { charCodeAt, slice } from './primordials';

/**
 * An address as numbers: one 32-bit number for IPv4, including IPv4 in IPv6, or eight 16-bit groups. Undefined for anything
 * that libuv does not read as an address.
 */
export type Address = number | readonly number[];

const [ZERO, NINE, DOT, COLON, PERCENT] = [0x30, 0x39, 0x2e, 0x3a, 0x25];
const GROUPS = 8;

export function parseAddress(text: string): Address | undefined {
  const v4 = parseV4(text, 0, text.length);
  if (v4 !== undefined) return v4;
  const groups = parseV6(text);
  return groups && embedded(groups);
}

/** The normalised form of an address in sets. */
export function addressKey(address: Address): string {
  if (typeof address === 'number') return `${address}`;
  let key = '';
  for (let index = 0; index < GROUPS; index++) key = `${key}${address[index]}:`;
  return key;
}

/** Addresses that lead to this machine regardless of its interfaces: loopback, unspecified, broadcast and multicast. */
export function isSelf(address: Address): boolean {
  if (typeof address === 'number') {
    const first = address >>> 24;
    return first === 0 || first === 127 || (first >= 224 && first < 240) || address === 0xffffffff;
  }
  if (address[0]! >>> 8 === 0xff) return true;
  for (let index = 0; index < GROUPS - 1; index++) if (address[index] !== 0) return false;
  return address[GROUPS - 1]! <= 1;
}

/** IPv4 in IPv6 (`::ffff:127.0.0.1`, and the older `::127.0.0.1`) is that IPv4 address. */
function embedded(groups: readonly number[]): Address {
  for (let index = 0; index < 5; index++) if (groups[index] !== 0) return groups;
  const low = (groups[6]! * 0x10000 + groups[7]!) >>> 0;
  return groups[5] === 0xffff || (groups[5] === 0 && groups[6] !== 0) ? low : groups;
}

function parseV4(text: string, from: number, to: number): number | undefined {
  let value = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let index = from; index < to; index++) {
    const code = charCodeAt(text, index);
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return undefined;
      value = value * 256 + part;
      part = digits = 0;
    } else if (code >= ZERO && code <= NINE) {
      if (digits > 0 && part === 0) return undefined;
      part = part * 10 + code - ZERO;
      if (++digits > 3 || part > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && digits > 0 ? value * 256 + part : undefined;
}

function parseV6(text: string): number[] | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  const end = endOf(text);
  let filled = 0;
  let gap = -1;
  let index = 0;
  if (charCodeAt(text, 0) === COLON) {
    if (charCodeAt(text, 1) !== COLON) return undefined;
    gap = 0;
    index = 2;
  }
  while (index < end) {
    let group = 0;
    const start = index;
    for (; index < end; index++) {
      const digit = hexDigit(charCodeAt(text, index));
      if (digit < 0) break;
      group = group * 16 + digit;
    }
    if (index < end && charCodeAt(text, index) === DOT) {
      const v4 = parseV4(text, start, end);
      if (v4 === undefined || filled > GROUPS - 2) return undefined;
      groups[filled++] = v4 >>> 16;
      groups[filled++] = v4 & 0xffff;
      break;
    }
    if (index === start || index - start > 4 || filled === GROUPS) return undefined;
    groups[filled++] = group;
    if (index === end) break;
    if (charCodeAt(text, index) !== COLON || ++index === end) return undefined;
    if (charCodeAt(text, index) === COLON) {
      if (gap >= 0) return undefined;
      gap = filled;
      index++;
    }
  }
  return spread(groups, filled, gap);
}

/** Moves the groups after `::` to the end. */
function spread(groups: number[], filled: number, gap: number): number[] | undefined {
  if (gap < 0) return filled === GROUPS ? groups : undefined;
  if (filled === GROUPS) return undefined;
  const shift = GROUPS - filled;
  for (let index = GROUPS - 1; index >= gap; index--) groups[index] = index - shift >= gap ? groups[index - shift]! : 0;
  return groups;
}

/** Where a zone (`%eth0`) begins. */
function endOf(text: string): number {
  for (let index = 0; index < text.length; index++) if (charCodeAt(text, index) === PERCENT) return index;
  return text.length;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** `host` for display, without characters that no address contains. */
export function shownAddress(text: string, port: number): string {
  const host = slice(text, 0, 64);
  return `${parseV4(host, 0, host.length) === undefined ? `[${host}]` : host}:${port}`;
}

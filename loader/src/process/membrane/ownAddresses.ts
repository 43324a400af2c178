import { networkInterfaces } from 'node:os';
import { addressKey, isSelf, parseAddress, type Address } from './addresses';
import { keysOf, textSet } from './primordials';

const KEPT_MS = 1000;

const { now } = Date;
const readInterfaces = networkInterfaces;
const known = textSet();
let readAt = 0;
refresh();

/** True if an address leads to this machine: loopback, an address of an interface, broadcast or multicast. */
export function isOwn(address: Address): boolean {
  if (isSelf(address)) return true;
  if (now() - readAt > KEPT_MS) refresh();
  return addressKey(address) in known;
}

/** Adds the current addresses of the interfaces. Nothing is removed, because a plugin may hide some from `os`. */
function refresh(): void {
  readAt = now();
  const interfaces = readInterfaces();
  const names = keysOf(interfaces);
  for (let index = 0; index < names.length; index++) {
    const list = interfaces[names[index]!]!;
    for (let entry = 0; entry < list.length; entry++) {
      const { address, netmask } = list[entry]!;
      const own = parseAddress(address);
      if (own === undefined) continue;
      known[addressKey(own)] = true;
      const mask = parseAddress(netmask);
      if (typeof own === 'number' && typeof mask === 'number') known[`${(own | ~mask) >>> 0}`] = true;
    }
  }
}

import type { StagedoorError } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import type { UserRange } from '../../settings/process';
import { usersUnavailable } from '../errors';

/**
 * The capabilities that root needs to start, serve and end processes of other users, by bit: capabilities(7). Docker and
 * Kubernetes grant all of them by default.
 */
const CAPABILITIES = { CHOWN: 0, DAC_OVERRIDE: 1, FOWNER: 3, KILL: 5, SETGID: 6, SETUID: 7 };

/** The rights of the portal, as the system reports them. */
export interface Rights {
  platform: NodeJS.Platform;
  /** The effective user. */
  uid: number | undefined;
  /** /proc/self/status. */
  status: string;
  /** /proc/self/uid_map and gid_map: which ids there are in this user namespace. */
  maps: string[];
  /** /proc/self/setgroups: `deny` if groups cannot be dropped. */
  setgroups: string;
}

/** The rights of this process. */
export function ownRights(): Rights {
  const read = (name: string): string => {
    try {
      return readFileSync(`/proc/self/${name}`, 'utf8');
    } catch {
      return '';
    }
  };
  return {
    platform: process.platform,
    uid: process.geteuid?.(),
    status: read('status'),
    maps: [read('uid_map'), read('gid_map')],
    setgroups: read('setgroups'),
  };
}

/**
 * The reason why processes cannot run as the users of a range (PROCESS_USER_UNAVAILABLE); undefined if they can. A portal
 * that has the capabilities without being root may not: its processes would keep them.
 */
export function switchingFault(range: UserRange, rights: Rights): StagedoorError | undefined {
  const { platform, uid, status, maps, setgroups } = rights;
  if (platform !== 'linux') return fault(`separate users require Linux; this is ${platform}`);
  if (uid !== 0) return fault(`the portal runs as user ${uid}, not as root`);
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const missing = Object.entries(CAPABILITIES).flatMap(([name, bit]) =>
    (effective >> BigInt(bit)) & 1n ? [] : [name],
  );
  if (missing.length > 0) return fault(`the portal lacks the capabilities ${missing.join(', ')}`);
  const last = range.from + range.count - 1;
  if (!maps.every((map) => isMapped(map, range.from, last))) {
    return fault(`users ${range.from} to ${last} do not all exist in the user namespace of the portal`);
  }
  if (setgroups.trim() === 'deny') return fault('processes cannot drop their groups in this user namespace');
  return undefined;
}

/** True if one line of a map, `<first id> <first id outside> <count>`, contains all of a range: user_namespaces(7). */
function isMapped(map: string, first: number, last: number): boolean {
  return map.split('\n').some((line) => {
    const [from = NaN, , count = NaN] = line.trim().split(/\s+/).map(Number);
    return first >= from && last < from + count;
  });
}

function fault(why: string): StagedoorError {
  return usersUnavailable(why, Object.keys(CAPABILITIES));
}

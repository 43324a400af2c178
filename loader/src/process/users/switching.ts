import type { StagedoorError } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import type { UserRange } from '../../settings/process';
import { usersUnavailable } from '../errors';

/** What root needs to start, serve and end processes of other users, by bit: capabilities(7). All are in the sets of Docker and Kubernetes. */
const CAPABILITIES = { CHOWN: 0, DAC_OVERRIDE: 1, FOWNER: 3, KILL: 5, SETGID: 6, SETUID: 7 };

/** What the system says of the portal's rights. */
export interface Rights {
  platform: NodeJS.Platform;
  /** The effective user. */
  uid: number | undefined;
  /** /proc/self/status. */
  status: string;
  /** /proc/self/uid_map and gid_map: which ids there are in this user namespace. */
  maps: string[];
  /** /proc/self/setgroups: `deny` where groups cannot be given up. */
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
 * Why processes cannot run as the users of a range (PROCESS_USER_UNAVAILABLE); undefined where they can. A portal that has the
 * capabilities and is not root may not: its processes would keep them.
 */
export function switchingFault(range: UserRange, rights: Rights): StagedoorError | undefined {
  const { platform, uid, status, maps, setgroups } = rights;
  if (platform !== 'linux') return fault(`users of their own need Linux; this is ${platform}`);
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
  if (setgroups.trim() === 'deny') return fault('processes cannot give up their groups in this user namespace');
  return undefined;
}

/** True where one line of a map, `<first id> <first id outside> <count>`, holds all of a range: user_namespaces(7). */
function isMapped(map: string, first: number, last: number): boolean {
  return map.split('\n').some((line) => {
    const [from = NaN, , count = NaN] = line.trim().split(/\s+/).map(Number);
    return first >= from && last < from + count;
  });
}

function fault(why: string): StagedoorError {
  return usersUnavailable(why, Object.keys(CAPABILITIES));
}

import { lstatSync, readFileSync, readdirSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { lstat, readFile, readdir, readlink, stat, statfs } from 'node:fs/promises';

type Sooner<T> = T | Promise<T>;

/** File system calls of looks that are repeated every second. What cannot be read is undefined; `readdir` throws. */
export interface Looks {
  readdir(path: string): Sooner<string[]>;
  lstat(path: string): Sooner<Stats | undefined>;
  stat(path: string): Sooner<Stats | undefined>;
  readlink(path: string): Sooner<string | undefined>;
  readFile(path: string): Sooner<string | undefined>;
}

const nothing = (): undefined => undefined;

/** For volumes that may not answer for minutes. */
export const waitingLooks: Looks = {
  readdir: (path) => readdir(path),
  lstat: (path) => lstat(path).catch(nothing),
  stat: (path) => stat(path).catch(nothing),
  readlink: (path) => readlink(path).catch(nothing),
  readFile: (path) => readFile(path, 'utf8').catch(nothing),
};

/** For volumes of this machine: a call takes microseconds, a tenth of what another thread and a promise cost. */
export const blockingLooks: Looks = {
  readdir: (path) => readdirSync(path),
  lstat: (path) => orNothing(() => lstatSync(path, { throwIfNoEntry: false })),
  stat: (path) => orNothing(() => statSync(path, { throwIfNoEntry: false })),
  readlink: (path) => orNothing(() => readlinkSync(path)),
  readFile: (path) => orNothing(() => readFileSync(path, 'utf8')),
};

/** `f_type` of file systems that other machines, or other mounts, serve or change: statfs(2). */
const REMOTE = new Set([
  // NFS, CIFS, SMB2, SMB, FUSE and virtiofs, Ceph, 9P, AFS, kAFS
  ...[0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x65735546, 0x00c36400, 0x01021997, 0x5346414f, 0x6b414653],
  // Lustre, GPFS, OCFS2, GFS2, Coda
  ...[0x0bd00bd0, 0x47504653, 0x7461636f, 0x01161970, 0x73757245],
]);

const remoteDevices = new Map<number, Promise<boolean>>();

/** True if the volume of `path`, which is the given device, is served by another machine or another mount. */
export function isRemote(path: string, device: number): Promise<boolean> {
  let remote = remoteDevices.get(device);
  if (!remote) {
    remote = statfs(path).then(
      ({ type }) => REMOTE.has(type),
      () => {
        remoteDevices.delete(device);
        return true;
      },
    );
    remoteDevices.set(device, remote);
  }
  return remote;
}

/** The calls for a path: those that block only if it can be read, on a volume of this machine. */
export async function looksAt(path: string): Promise<Looks> {
  const info = await waitingLooks.stat(path);
  return info && !(await isRemote(path, info.dev)) ? blockingLooks : waitingLooks;
}

function orNothing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

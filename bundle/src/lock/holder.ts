import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname, platform } from 'node:os';
import { join } from 'node:path';
import { isListening } from './listener';

/** A process that holds a lock, as its claims name it. */
export interface Holder {
  /** One for each time that the lock is taken. */
  id: string;
  pid: number;
  /** When the process started, in ticks since the machine did: process ids are used again. */
  started: string;
  /** Where process ids mean the same: the run of the machine and its namespace of process ids. */
  namespace: string;
  /** Where sockets on the volume lead to the same process: the run of the machine and its mount of the volume. */
  volume: string;
  host: string;
}

/** Stands for what is not known, and equals nothing. */
const UNKNOWN = '-';

/** This process, as the holder of a lock in `folder`; without `socket` it can be seen only from its own namespace. */
export function ownHolder(folder: string, id: string, socket = true): Holder {
  const machine = machineId();
  return {
    id,
    pid: process.pid,
    started: statusOf(process.pid)?.started ?? UNKNOWN,
    namespace: machine ? digest(machine, attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '') : UNKNOWN,
    volume: machine && socket ? digest(machine, String(statSync(folder).dev)) : UNKNOWN,
    host: hostname(),
  };
}

/** One line for each holder; short, because most file systems keep short links without a block of their own. */
export function formatHolder({ id, pid, started, namespace, volume, host }: Holder): string {
  return [id, pid, started, namespace, volume, host].join(' ');
}

/** What {@link formatHolder} wrote; undefined for anything else. */
export function parseHolder(text: string): Holder | undefined {
  const match = /^(\w+) (\d+) (\S+) (\S+) (\S+) (.*)$/.exec(text);
  if (!match) return undefined;
  const [, id, pid, started, namespace, volume, host] = match as unknown as string[];
  return { id: id!, pid: Number(pid), started: started!, namespace: namespace!, volume: volume!, host: host! };
}

/** The folder of a holder, in the folder of the lock. */
export function workFolder(folder: string, id: string): string {
  return join(folder, `work-${id}`);
}

/**
 * Whether a holder lives, for certain; undefined where that cannot be seen from here. A process that stands still lives.
 * Processes of one machine see each other by number where they share a namespace, and by socket where they share a mount.
 */
export async function isAlive(folder: string, holder: Holder, self: Holder): Promise<boolean | undefined> {
  if (isSame(holder.namespace, self.namespace)) {
    const alive = isRunning(holder);
    if (alive !== undefined) return alive;
  }
  return isSame(holder.volume, self.volume) ? await isListening(workFolder(folder, holder.id)) : undefined;
}

function isSame(a: string, b: string): boolean {
  return a === b && a !== UNKNOWN;
}

function isRunning({ pid, started }: Holder): boolean | undefined {
  const status = statusOf(pid);
  if (status) return status.started === started && !/[ZX]/.test(status.state);
  // Also where /proc shows nobody else's processes, or is not there.
  return exists(pid) ? undefined : false;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc(5)); the second may hold blanks and brackets. */
function statusOf(pid: number): { state: string; started: string } | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && { state: fields[0]!, started: fields[19]! };
}

/** Names the machine and its run. On Linux a host name alone does not: containers may share one. */
function machineId(): string | undefined {
  return platform() === 'linux'
    ? attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
    : hostname();
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 10);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

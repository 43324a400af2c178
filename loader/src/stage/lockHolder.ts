import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that uses a state directory. */
export interface Holder {
  pid: number;
  host: string;
  /** The scope of process ids: the boot of the machine and the process namespace. Unknown outside Linux. */
  place?: string;
  /** Start time of the process in ticks since boot, because process ids are reused. */
  started?: string;
}

/** This process. */
export function ownHolder(): Holder {
  return { pid: process.pid, host: hostname(), place: place(), started: startOf(process.pid) };
}

/** The content of a lock file; undefined if it is invalid. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.pid === 'number' && typeof value.host === 'string' ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** True for the same process, or for its successor: a restarted container has the same name and number. */
export function isSame(a: Holder | undefined, b: Holder): boolean {
  return a?.pid === b.pid && a.host === b.host;
}

/** Whether a holder is alive; undefined if that cannot be determined from here. */
export function isAlive(holder: Holder, self: Holder): boolean | undefined {
  if (holder.place !== undefined && holder.place === self.place) {
    const started = startOf(holder.pid);
    return started !== undefined && started === holder.started;
  }
  if (holder.host !== self.host || holder.place !== undefined) return undefined;
  return exists(holder.pid) ? undefined : false;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function place(): string | undefined {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return boot && namespace && `${boot} ${namespace}`;
}

/** Field 22 of /proc/<pid>/stat (proc(5)); the second field may contain spaces and parentheses. */
function startOf(pid: number): string | undefined {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function read(text: () => string): string | undefined {
  try {
    return text();
  } catch {
    return undefined;
  }
}

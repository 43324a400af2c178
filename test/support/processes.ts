import { readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';

/** A running process. */
export interface RunningProcess {
  pid: number;
  /** Its arguments, joined by spaces. */
  command: string;
}

/** The processes that `pid` started, directly or not, as /proc lists them. */
export async function processesBelow(pid: number): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const entry of pids) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => undefined);
    const parent = stat && /\) \S (\d+) /.exec(stat)?.[1];
    if (parent) parents.set(Number(entry), Number(parent));
  }
  const below = [...parents.keys()].filter((entry) => leadsTo(entry, pid, parents));
  return await Promise.all(
    below.map(async (entry) => ({
      pid: entry,
      command: (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '),
    })),
  );
}

/** True while a process with this id runs; one that has ended and that nobody has asked about yet does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Time that a process has spent in user mode, in clock ticks. */
export async function processorTime(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')[11]);
}

function leadsTo(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at = parents.get(pid); at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
  return false;
}

/** Ids of the processes of plugins that the portal with this process id has, see loader/src/child.ts. */
export async function pluginProcesses(portalPid: number): Promise<number[]> {
  const children = (await processesBelow(portalPid)).filter(({ command }) => command.includes('/dist/child.cjs.js'));
  return children.map(({ pid }) => pid).sort((a, b) => a - b);
}

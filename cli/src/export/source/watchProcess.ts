import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** What a program that downloads may take. */
export interface ProcessLimits {
  timeoutMs: number;
  /** Resident memory; watched on Linux. */
  memoryBytes: number;
}

/** What npm may take for one package with its dependencies: many times what the largest of them need. */
export const NPM_LIMITS: ProcessLimits = { timeoutMs: 20 * 60_000, memoryBytes: 3 * 1024 * 1024 * 1024 };

const EVERY_MS = 500;

/** Ends a process that exceeds its limits; `exceeded` then tells which. The watch ends with the process. */
export function watchProcess(child: ChildProcess, limits: ProcessLimits): { exceeded(): string | undefined } {
  const deadline = performance.now() + limits.timeoutMs;
  let exceeded: string | undefined;
  const end = (limit: string): void => {
    exceeded = limit;
    child.kill('SIGKILL');
  };
  const timer = setInterval(() => {
    if (performance.now() > deadline) return end(`${limits.timeoutMs / 1000} s`);
    void residentBytes(child.pid).then((bytes) => {
      if (bytes > limits.memoryBytes) end(`${limits.memoryBytes} bytes of memory`);
    });
  }, EVERY_MS);
  child.once('close', () => clearInterval(timer));
  child.once('error', () => clearInterval(timer));
  return { exceeded: () => exceeded };
}

/** Zero where nothing tells. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

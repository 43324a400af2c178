import type { InstallProgress } from '../install/options';
import { progressLine } from './install';

/** Interval of progress lines, in milliseconds. */
const BYTES_EVERY_MS = 1000;

/** Turns the progress of an install into lines: every step, and the bytes once a second. */
export function installProgress(
  write: (line: string) => void,
  now: () => number = Date.now,
): (progress: InstallProgress) => void {
  let told = now();
  return (progress) => {
    if (progress.step === 'bytes' && now() - told < BYTES_EVERY_MS) return;
    told = now();
    write(progressLine(progress));
  };
}

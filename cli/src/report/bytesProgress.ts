import { formatBytes } from './size';

/** Interval of progress lines, in milliseconds. */
const EVERY_MS = 1000;

/** Turns the bytes of a transfer into lines, the first after a second and then one each second. */
export function bytesProgress(write: (line: string) => void): (done: number, total?: number) => void {
  let told = Date.now();
  return (done, total) => {
    if (Date.now() - told < EVERY_MS) return;
    told = Date.now();
    write(total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`);
  };
}

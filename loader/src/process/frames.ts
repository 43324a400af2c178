/** Above this rate, reading pauses, so that a flood costs its sender and not the reader. */
const REFILL_MS = 100;

/** Limits of {@link readFrames}. */
export interface FrameLimits {
  /** Longer lines are cut off there, in bytes. */
  lineBytes: number;
  bytesPerSecond: number;
}

/**
 * Splits a stream into lines with bounded memory and rate, whatever its sender writes. `cut` means that the rest of the line
 * was discarded. A last line without a line feed counts, too.
 */
export function readFrames(
  stream: NodeJS.ReadableStream,
  limits: FrameLimits,
  onLine: (line: string, cut: boolean) => void,
): void {
  let parts: Buffer[] = [];
  let held = 0;
  let cut = false;
  let budget = limits.bytesPerSecond;
  let refill: NodeJS.Timeout | undefined;

  const keep = (piece: Buffer): void => {
    const room = limits.lineBytes - held;
    if (piece.length > room) cut = true;
    if (room <= 0 || piece.length === 0) return;
    // A copy: a slice would keep its whole chunk alive.
    parts.push(piece.length > room ? Buffer.from(piece.subarray(0, room)) : piece);
    held += Math.min(piece.length, room);
  };
  const flush = (): void => {
    const line = Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
    const wasCut = cut;
    parts = [];
    held = 0;
    cut = false;
    onLine(line, wasCut);
  };
  const slowDown = (): void => {
    stream.pause();
    refill ??= setInterval(() => {
      budget = Math.min(limits.bytesPerSecond, budget + (limits.bytesPerSecond * REFILL_MS) / 1000);
      if (budget <= 0) return;
      stream.resume();
      if (budget < limits.bytesPerSecond) return;
      clearInterval(refill);
      refill = undefined;
    }, REFILL_MS);
  };

  stream.on('data', (chunk: Buffer) => {
    budget -= chunk.length;
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, to));
      flush();
      from = to + 1;
    }
    keep(chunk.subarray(from));
    if (budget <= 0) slowDown();
  });
  stream.on('close', () => {
    clearInterval(refill);
    if (held > 0) flush();
  });
  stream.on('error', () => {});
}

import { sharedPatch } from './sharedPatch';

/**
 * Keeps a process alive when its stdout or stderr is closed because the reader of its log ended. Each line would be an
 * uncaught exception, which Backstage logs: another line, without end, until memory is full. Call it once output is expected.
 */
export const surviveClosedOutput = sharedPatch(() => {
  const ignore = (): void => {};
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', ignore);
  return { dispose: () => streams.forEach((stream) => stream.off('error', ignore)) };
});

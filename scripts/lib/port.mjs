import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Failure } from './failure.mjs';

/** The system does not assign these by itself: its range begins at 32768 (Linux) or 49152. Browsers refuse 10080. */
const [FIRST, LAST] = [11_000, 32_767];

/** Throws a Failure unless `port` is free; called before anything slow. */
export async function checkPortIsFree(port) {
  const error = await listeningError(port);
  if (!error) return;
  throw new Failure(
    `Port ${port} cannot be listened on (${error.code}).`,
    `Stop the process that uses it, or choose another port: npm start -- --port ${port + 1}`,
  );
}

/**
 * A loopback TCP port that nothing listens on and that no other process of this machine has been given by this function: whoever asks
 * for one is going to listen on it a moment later, and two that chose the same port would talk to each other's server until then.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if ((await claimPort(port)) && !(await listeningError(port))) return port;
  }
}

/**
 * Claims `port` among the processes that claim ports, for the life of this one; false if another process (or this one) has it. The
 * system keeps the claim, so that one of a killed process is never left behind. Only Linux has socket names that are no
 * files; where there are none, every claim succeeds.
 */
export async function claimPort(port) {
  if (process.platform !== 'linux') return true;
  const claim = createServer().unref();
  return await new Promise((resolve) => {
    claim.once('error', (error) => resolve(error.code !== 'EADDRINUSE'));
    claim.listen(`\0stagedoor-port-${port}`, () => resolve(true));
  });
}

/** Why `port` cannot be listened on, or undefined. */
async function listeningError(port) {
  const server = createServer();
  try {
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  } catch (error) {
    return error;
  }
  await new Promise((resolve) => server.close(resolve));
  return undefined;
}

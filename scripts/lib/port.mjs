import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Failure } from './failure.mjs';

/** The system gives these to nobody by itself: it begins at 32768 (Linux) or 49152. Browsers refuse 10080. */
const [FIRST, LAST] = [11_000, 32_767];

/** Throws a Failure unless `port` can be listened on; before anything slow is done. */
export async function checkPortIsFree(port) {
  const error = await listeningError(port);
  if (!error) return;
  throw new Failure(
    `Port ${port} cannot be listened on (${error.code}).`,
    `Stop the process that uses it, or choose another port: npm start -- --port ${port + 1}`,
  );
}

/**
 * A loopback TCP port that nothing listens on. Who asks for one at the same time gets another, and no process takes or connects
 * from it by chance before it is listened on.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (!(await listeningError(port))) return port;
  }
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

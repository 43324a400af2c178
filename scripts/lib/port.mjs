import { createServer } from 'node:net';
import { Failure } from './failure.mjs';

/** Throws a Failure unless `port` can be listened on; before anything slow is done. */
export async function checkPortIsFree(port) {
  const server = createServer();
  try {
    await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  } catch (error) {
    throw new Failure(
      `Port ${port} cannot be listened on (${error.code}).`,
      `Stop the process that uses it, or choose another port: npm start -- --port ${port + 1}`,
    );
  }
  await new Promise((resolve) => server.close(resolve));
}

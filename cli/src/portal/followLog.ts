import { setTimeout as sleep } from 'node:timers/promises';
import type { PortalLogLine } from './answers';
import type { LogQuery, PortalClient } from './portalClient';

const POLL_MS = 1000;
/** The most that one answer contains. */
const MAX_LINES = 2000;

/**
 * The latest lines of a plugin's log, then each new one, until `signal` is aborted. It asks again and again: a long answer would
 * not pass every proxy, and ends with the portal. Throws what the portal answers to the first request.
 */
export async function* followLog(
  client: Pick<PortalClient, 'logs'>,
  name: string,
  wanted: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<PortalLogLine, void, undefined> {
  let { lines, lastId } = await client.logs(name, wanted);
  for (;;) {
    yield* lines;
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const after = lastId;
    ({ lines, lastId } = await client.logs(name, { ...wanted, tail: MAX_LINES, after }));
    // The portal was restarted, and counts from the beginning.
    if (lastId < after) ({ lines, lastId } = await client.logs(name, { ...wanted, tail: MAX_LINES }));
  }
}

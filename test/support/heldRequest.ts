import type { ServerResponse } from 'node:http';
import type { RunningBackend } from './backend';
import { serve } from './serve';
import { waitFor } from './waitFor';

/** A request that a plugin has taken and answers when it is told to. */
export interface HeldRequest {
  answer: Promise<Response>;
  /** Has the plugin answer. */
  release(): void;
}

/**
 * Sends a request to the greeter, or to another route that takes `until`, and resolves when the plugin has it. The plugin
 * answers after a server of the running test has answered it, so that nothing depends on how long anything takes.
 */
export async function holdRequest(
  { get }: Pick<RunningBackend, 'get'>,
  path = '/api/greeter/slow',
): Promise<HeldRequest> {
  let asked: ServerResponse | undefined;
  const address = await serve((_, response) => void (asked = response));
  const answer = get(`${path}?until=${encodeURIComponent(address)}`);
  // Whoever holds a request looks at its answer later.
  answer.catch(() => {});
  const response = await waitFor('the plugin to take the request', async () => asked);
  return { answer, release: () => void response.end() };
}

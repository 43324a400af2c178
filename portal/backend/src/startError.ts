import type { StagedoorError } from '@stagedoor/bundle';
import { isStagedoorError } from '@stagedoor/bundle';
import { startFailed, portInUse } from './errors';

/**
 * Whatever kept the portal from starting, as a coded error: itself, PORT_IN_USE, or PORTAL_START_FAILED with the
 * messages of the whole cause chain. `unset` are variables that the config names and the environment lacks.
 */
export function startError(error: unknown, unset: string[] = []): StagedoorError {
  const chain = causes(error);
  const coded = chain.find(isStagedoorError);
  if (coded) return coded;
  const taken = chain.find((cause) => (cause as NodeJS.ErrnoException).code === 'EADDRINUSE');
  if (taken) return portInUse((taken as { port?: number }).port, error);
  const messages = chain.map((cause) => cause.message);
  const distinct = messages.filter((message, i) => !messages.slice(0, i).some((earlier) => earlier.includes(message)));
  const hint = unset.length > 0 ? `Set ${unset.join(', ')}: the config refers to them.` : undefined;
  // Backstage's logger looks for the config schemas of the package it runs in, to know what to redact.
  const outsidePackage = messages.some((message) => message.startsWith('No package.json could be found upwards'));
  return startFailed(
    distinct.join('\n  because: '),
    outsidePackage ? 'Start the portal in the folder of its package, for example portal/.' : hint,
    error,
  );
}

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let next = error; next !== undefined && chain.length < 10; next = (next as Error).cause) {
    chain.push(next instanceof Error ? next : new Error(String(next)));
    if (!(next instanceof Error)) break;
  }
  return chain;
}

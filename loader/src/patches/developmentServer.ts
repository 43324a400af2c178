import { isInside } from '@stagedoor/bundle';
import { fileURLToPath } from 'node:url';

/**
 * What `backstage-cli package start` is told of each file that the backend loads (`@backstage/cli-node`, nodeTransform.cjs): it
 * starts the backend anew when such a file changes or goes.
 */
interface WatchMessage {
  type: 'watch';
  /** A path, or a `file:` URL. */
  path: string;
}

/**
 * Keeps Backstage's development server from watching the files below `dir`, a real path: copies of bundles, which the portal
 * deletes when they are upgraded or removed. Without it each removal starts the whole backend anew. Returns the way back.
 */
export function hideFromDevelopmentServer(dir: string): { dispose(): void } {
  const original = process.send;
  if (!original) return { dispose: () => {} };
  const patched = ((message: unknown, ...rest: unknown[]): boolean =>
    (isWatchMessage(message) && isInside(dir, pathOf(message))) ||
    (original as (...args: unknown[]) => boolean).call(process, message, ...rest)) as typeof process.send;
  process.send = patched;
  return {
    dispose: () => {
      if (process.send === patched) process.send = original;
    },
  };
}

function isWatchMessage(message: unknown): message is WatchMessage {
  const { type, path } = (message ?? {}) as Partial<WatchMessage>;
  return type === 'watch' && typeof path === 'string';
}

function pathOf({ path }: WatchMessage): string {
  return path.startsWith('file:') ? fileURLToPath(path) : path;
}

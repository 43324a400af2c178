import { isInside } from '@stagedoor/bundle';
import { fileURLToPath } from 'node:url';
import { patchProperty, type Patch } from './patchProperty';

type Send = (this: unknown, message: unknown, ...rest: unknown[]) => boolean;

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
 * deletes when they are upgraded or removed. Without it each removal starts the whole backend anew.
 */
export function hideFromDevelopmentServer(dir: string): Patch {
  // Nobody started this process with a channel.
  if (!process.send) return { dispose: () => {} };
  const layer = (next: Send): Send =>
    function send(message, ...rest) {
      return (isWatchMessage(message) && isInside(dir, pathOf(message))) || next.call(process, message, ...rest);
    };
  return patchProperty(process as { send: Send }, 'send', layer);
}

function isWatchMessage(message: unknown): message is WatchMessage {
  const { type, path } = (message ?? {}) as Partial<WatchMessage>;
  return type === 'watch' && typeof path === 'string';
}

function pathOf({ path }: WatchMessage): string {
  return path.startsWith('file:') ? fileURLToPath(path) : path;
}

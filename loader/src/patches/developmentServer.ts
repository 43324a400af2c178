import { isInside } from '@stagedoor/bundle';
import { fileURLToPath } from 'node:url';
import { patchProperty, type Patch } from './patchProperty';

type Send = (this: unknown, message: unknown, ...rest: unknown[]) => boolean;

/**
 * The message to `backstage-cli package start` for each file that the backend loads (`@backstage/cli-node`,
 * nodeTransform.cjs): it restarts the backend when such a file changes or disappears.
 */
interface WatchMessage {
  type: 'watch';
  /** A path, or a `file:` URL. */
  path: string;
}

/**
 * Keeps Backstage's development server from watching the files below `dir`, a real path: copies of bundles, which the portal
 * deletes when they are updated or removed. Otherwise each removal would restart the whole backend.
 */
export function hideFromDevelopmentServer(dir: string): Patch {
  // This process was started without a channel.
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

import type { LoggerService } from '@backstage/backend-plugin-api';
import { isStagedoorError } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import { Router, type Request, type Response } from 'express';
import { extname } from 'node:path';
import { isHashed, readAsset } from './assets';
import { DESCRIPTION } from './description';
import type { Remote, ServedRemote } from './remote';

/** Inputs of {@link createRemotesRouter}. */
export interface RemotesOptions {
  /** The current remotes. */
  remotes: () => readonly ServedRemote[];
  logger: LoggerService;
}

/** Browsers may cache it for a year without asking again. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Browsers may cache it, and revalidate it each time. */
const ASK_AGAIN = 'no-cache';

/**
 * Serves the list of remotes and their assets without a session, because browsers load scripts without one. Mounted at {@link
 * REMOTES_PATH}.
 */
export function createRemotesRouter({ remotes, logger }: RemotesOptions): Router {
  const router = Router();
  router.get('/openapi.json', (_request, response) => void response.json(DESCRIPTION));
  router.get('/remotes', (_request, response, next) => {
    Promise.all(remotes().map(listed)).then(
      (list) => response.set('cache-control', ASK_AGAIN).json(list),
      (error: unknown) => next(error),
    );
  });
  router.get('/remotes/*', (request, response, next) => {
    const [served, path] = find(remotes(), request.path.slice('/remotes/'.length));
    if (!served || path === undefined) return next();
    send(served, path, request, response).then(
      (sent) => (sent ? undefined : next()),
      (error: unknown) => {
        if (!isStagedoorError(error)) return next(error);
        logger.error(faultText(error));
        response.status(500).json(error.toJSON());
      },
    );
  });
  return router;
}

async function listed({ remote, config: visible }: ServedRemote): Promise<Remote> {
  const config = await visible?.();
  return { ...remote, ...(config && { config }) };
}

/** Splits a raw request path into the remote and the path of one of its files. */
function find(remotes: readonly ServedRemote[], target: string): [ServedRemote | undefined, string | undefined] {
  const parts = target.split('/').map(decode);
  if (parts.some((part) => part === undefined || part.includes('/'))) return [undefined, undefined];
  const length = parts[0]!.startsWith('@') ? 2 : 1;
  const name = parts.slice(0, length).join('/');
  return [remotes.find(({ remote }) => remote.packageName === name), parts.slice(length).join('/')];
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

async function send(
  { assets, earlier, instead }: ServedRemote,
  path: string,
  request: Request,
  response: Response,
): Promise<boolean> {
  if (instead?.file === path) {
    response.set('cache-control', ASK_AGAIN).json(instead.content);
    return true;
  }
  const hashed = isHashed(path);
  const asset = (await readAsset(assets, path)) ?? (earlier && hashed ? await readAsset(earlier, path) : undefined);
  if (!asset) return false;
  response.set('cache-control', hashed ? FOR_GOOD : ASK_AGAIN).set('etag', `"${asset.sha256}"`);
  if (request.fresh) response.status(304).end();
  else response.type(extname(path) || 'bin').send(asset.content);
  return true;
}

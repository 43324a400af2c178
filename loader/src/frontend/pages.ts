import type { LoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** The plugin that serves an app to browsers: `@backstage/plugin-app-backend`. */
export const APP_PLUGIN_ID = 'app';

/** The tag that begins the config in a page of that plugin (`injectConfigIntoHtml` there). Apps read all such tags, in order. */
const TAG = '<script type="backstage.io/config">';

/** One part of the config of a page. */
export interface PageConfig {
  context: string;
  data: JsonObject;
}

/**
 * The routes of the app plugin, with the config from `read` added to its pages. The app plugin writes config into its page
 * when it starts, and frontend plugins come later. Its own config follows the added one, and wins. Pages without config, and
 * everything else, stay unchanged.
 */
export function withPageConfig(
  handler: RequestHandler,
  read: () => Promise<readonly PageConfig[]>,
  logger: LoggerService,
): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (!isScript(request)) completePage(response, read, logger);
    handler(request, response, next);
  };
}

function isScript({ method, path }: Request): boolean {
  return (method !== 'GET' && method !== 'HEAD') || path.startsWith('/static/');
}

function completePage(response: Response, read: () => Promise<readonly PageConfig[]>, logger: LoggerService): void {
  const send = response.send;
  response.send = function (this: Response, body?: unknown) {
    response.send = send;
    const page = pageOf(response, body);
    if (page === undefined) return send.call(response, body);
    read()
      .then(
        (configs) => (configs.length > 0 ? page.replace(TAG, () => `${tagOf(configs)}\n${TAG}`) : page),
        (error: Error) => {
          logger.error('The page is sent without the config of the frontend plugins', error);
          return page;
        },
      )
      .then((complete) => !response.headersSent && send.call(response, complete))
      .catch((error: Error) => response.destroy(error));
    return response;
  };
}

/** The text of a page with the config added; undefined for any other body. */
function pageOf(response: Response, body: unknown): string | undefined {
  const isHtml = String(response.get('content-type') ?? 'text/html').startsWith('text/html');
  if (!isHtml || !(typeof body === 'string' || Buffer.isBuffer(body))) return undefined;
  const text = body.toString();
  return text.includes(TAG) ? text : undefined;
}

/** Escaped, so that no value can close the tag. */
function tagOf(configs: readonly PageConfig[]): string {
  return `${TAG}${JSON.stringify(configs).replaceAll('<', '\\u003c')}</script>`;
}

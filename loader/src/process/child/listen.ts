import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import type { RootConfigService, RootHttpRouterService, RootLoggerService } from '@backstage/backend-plugin-api';
import express from 'express';
import { createServer, type Server } from 'node:http';
import { restoreClient } from '../proxy/client';
import { tidyAtRest } from './tidy';

/** Room for the one header that the portal adds. */
const OWN_HEADER_BYTES = 1024;

/** Options of the server of a child. */
export interface ListenOptions {
  config: RootConfigService;
  rootLogger: RootLoggerService;
  maxHeaderSize: number;
}

/** The HTTP side of a child: the routes of its unit, and the server that the portal forwards requests to. */
export function childServer({ config, rootLogger, maxHeaderSize }: ListenOptions): {
  routes: RootHttpRouterService;
  listen(socketPath: string): Promise<void>;
  close(): void;
} {
  const app = express();
  const routes = express.Router();
  // The settings of Backstage's own root router; middleware for browsers (CORS, compression, …) runs in the portal.
  const trustProxy = config.getOptional('backend.trustProxy');
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  if (process.env.NODE_ENV === 'development') app.set('json spaces', 2);
  app.disable('x-powered-by');
  const logger = rootLogger.child({ service: 'rootHttpRouter' });
  const middleware = MiddlewareFactory.create({ config, logger });
  app.use(routes, middleware.notFound(), middleware.error());

  const noteActivity = tidyAtRest();
  const server: Server = createServer({ maxHeaderSize: maxHeaderSize + OWN_HEADER_BYTES }, (request, response) => {
    noteActivity();
    // Only the portal connects here, and it describes the client of each request.
    if (restoreClient(request)) app(request, response);
    else request.destroy();
  });
  // The portal is the only client, and has its own timeouts for its clients.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.maxHeadersCount = 0;
  return {
    routes: {
      use: (path, handler) => void routes.use(path, handler),
      // The unit keeps its handlers; nothing in a child registers one here.
      addWebSocketHandler: ({ path }) => {
        throw new Error(`No unit takes the WebSockets of ${path}`);
      },
    },
    listen: (socketPath) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(socketPath, resolve);
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

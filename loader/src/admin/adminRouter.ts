import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { Router, type RequestHandler } from 'express';
import type { DynamicPlugins } from '../runtime/dynamicPlugins';

/** The admin API below `/api/dynamic-plugins`; every route needs a signed-in user. */
export function createAdminRouter(plugins: DynamicPlugins, httpAuth: HttpAuthService): Router {
  const router = Router();
  const signedIn: RequestHandler = (request, _response, next) => {
    httpAuth.credentials(request, { allow: ['user'] }).then(() => next(), next);
  };
  router.use('/v1', signedIn);
  router.get('/v1/plugins', (_request, response) => {
    response.json({ items: plugins.list() });
  });
  router.get('/v1/host', (_request, response) => {
    response.json(plugins.host);
  });
  return router;
}

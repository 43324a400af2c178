import type { HttpAuthService } from '@backstage/backend-plugin-api';
import express, { type Router } from 'express';
import PromiseRouter from 'express-promise-router';

interface Options {
  greeting: string;
  httpAuth: HttpAuthService;
}

/** The routes below `/api/__pluginId__`. A thrown error of `@backstage/errors` becomes its HTTP status. */
export function createRouter({ greeting, httpAuth }: Options): Router {
  const router = PromiseRouter();
  router.use(express.json());

  router.get('/ping', (_req, res) => {
    res.json({ message: greeting });
  });

  router.get('/me', async (req, res) => {
    const { principal } = await httpAuth.credentials(req, { allow: ['user'] });
    res.json({ user: principal.userEntityRef });
  });

  return router;
}

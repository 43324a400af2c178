import type { HttpAuthService, UserInfoService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import express, { type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { version } from '../package.json';
import { parseThing } from './parseThing';
import type { ThingStore } from './things';

interface Options {
  greeting: string;
  things: ThingStore;
  httpAuth: HttpAuthService;
  userInfo: UserInfoService;
}

/** The routes below `/api/hello`. A thrown `@backstage/errors` error becomes its HTTP status. */
export function createRouter({ greeting, things, httpAuth, userInfo }: Options): Router {
  const router = PromiseRouter();
  router.use(express.json());

  router.get('/ping', (_req, res) => {
    res.json({ message: greeting, version });
  });

  router.get('/me', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    res.json(await userInfo.getUserInfo(credentials));
  });

  router.get('/things', async (_req, res) => {
    res.json({ things: await things.list() });
  });

  router.post('/things', async (req, res) => {
    const { name } = parseThing(req.body);
    const { principal } = await httpAuth.credentials(req, { allow: ['user', 'service'] });
    const owner = principal.type === 'user' ? principal.userEntityRef : principal.subject;
    res.status(201).json(await things.add(name, owner));
  });

  router.get('/things/count', async (_req, res) => {
    const count = await things.lastCount();
    if (!count) throw new NotFoundError('The things have not been counted yet');
    res.json(count);
  });

  return router;
}

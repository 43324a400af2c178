import { Router } from 'express';

interface Options {
  greeting: string;
}

/** The routes that this module adds below `/api/__pluginId__`. All of them require a session. */
export function createRouter({ greeting }: Options): Router {
  const router = Router();

  router.get('/__moduleId__/greeting', (_req, res) => {
    res.json({ message: greeting });
  });

  return router;
}

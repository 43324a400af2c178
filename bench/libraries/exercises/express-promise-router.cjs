exports.late = 'a router of the express that the plugin has';
exports.packages = ['express-promise-router', 'express'];
exports.run = async () => {
  const Router = require('express-promise-router');
  const router = (Router.default ?? Router)();
  router.get('/', async () => {
    throw new Error('late');
  });
  const app = require('express')()
    .use(router)
    .use((error, _request, response, _next) => response.status(500).end(error.message));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const text = await (
    await fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } })
  ).text();
  server.close();
  return text;
};

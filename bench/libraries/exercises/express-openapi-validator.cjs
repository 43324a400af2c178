exports.late = 'schemas and a middleware';
exports.packages = ['express-openapi-validator', 'express'];
exports.run = async () => {
  const OpenApiValidator = require('express-openapi-validator');
  const app = require('express')();
  app.use(
    OpenApiValidator.middleware({
      apiSpec: {
        openapi: '3.0.0',
        info: { title: 't', version: '1' },
        paths: {
          '/a': {
            get: {
              parameters: [{ name: 'n', in: 'query', required: true, schema: { type: 'integer' } }],
              responses: { 200: { description: 'd' } },
            },
          },
        },
      },
      validateApiSpec: true,
    }),
  );
  app.get('/a', (request, response) => response.json(request.query));
  app.use((error, _request, response, _next) => response.status(error.status ?? 500).json(error.message));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const get = async (path) => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
      headers: { connection: 'close' },
    });
    return [response.status, await response.json()];
  };
  const answers = [await get('/a?n=1'), await get('/a?n=x')];
  server.close();
  return answers;
};

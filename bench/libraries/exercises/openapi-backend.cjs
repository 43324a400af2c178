exports.late = 'validators';
exports.packages = ['openapi-backend'];
exports.run = async () => {
  const { OpenAPIBackend } = require('openapi-backend');
  const api = new OpenAPIBackend({
    quick: false,
    definition: {
      openapi: '3.0.0',
      info: { title: 't', version: '1' },
      paths: { '/a': { get: { operationId: 'a', responses: { 200: { description: 'd' } } } } },
    },
    handlers: { a: () => 'ok', notFound: () => 'none' },
  });
  await api.init();
  return [
    await api.handleRequest({ method: 'GET', path: '/a', headers: {} }),
    await api.handleRequest({ method: 'GET', path: '/b', headers: {} }),
  ];
};

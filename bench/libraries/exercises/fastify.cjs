exports.late = 'validators and serializers compiled at run time, a logger with transports';
exports.packages = ['fastify'];
exports.run = async () => {
  const app = require('fastify')({ logger: { level: 'silent' } });
  app.get(
    '/',
    {
      schema: {
        querystring: { type: 'object', properties: { n: { type: 'integer' } } },
        response: { 200: { type: 'object', properties: { n: { type: 'integer' } } } },
      },
    },
    async (request) => request.query,
  );
  const answers = [(await app.inject('/?n=1')).json(), (await app.inject('/?n=x')).json().code];
  await app.close();
  return answers;
};

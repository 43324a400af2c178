exports.late = 'a page in a string, one realm of graphql';
exports.packages = ['graphql-yoga', 'graphql'];
exports.run = async () => {
  const { createYoga, createSchema } = require('graphql-yoga');
  const yoga = createYoga({
    schema: createSchema({ typeDefs: 'type Query { a: String }', resolvers: { Query: { a: () => 'b' } } }),
    logging: false,
  });
  const response = await yoga.fetch('http://x/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ a }"}',
  });
  const page = await yoga.fetch('http://x/graphql', { headers: { accept: 'text/html' } });
  return [await response.json(), (await page.text()).length > 1000];
};

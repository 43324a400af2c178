exports.late = 'plugins that are imported when they are used';
exports.packages = ['@apollo/server', 'graphql'];
exports.run = async () => {
  const { ApolloServer } = require('@apollo/server');
  const server = new ApolloServer({ typeDefs: 'type Query { a: String }', resolvers: { Query: { a: () => 'b' } } });
  await server.start();
  const { body } = await server.executeOperation({ query: '{ a }' });
  await server.stop();
  return body.singleResult.data;
};

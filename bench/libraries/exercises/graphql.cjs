exports.late = 'a CommonJS build beside an ES one: one realm only';
exports.packages = ['graphql', '@graphql-tools/schema'];
exports.run = async () => {
  const { graphql, GraphQLSchema } = require('graphql');
  const { makeExecutableSchema } = require('@graphql-tools/schema');
  const schema = makeExecutableSchema({
    typeDefs: 'type Query { a(x: Int): String }',
    resolvers: { Query: { a: (_, { x }) => `a${x}` } },
  });
  return [schema instanceof GraphQLSchema, (await graphql({ schema, source: '{ a(x: 1) }' })).data];
};

exports.late = 'API methods through getters';
exports.packages = ['@elastic/elasticsearch'];
exports.run = async () => {
  const { Client } = require('@elastic/elasticsearch');
  const client = new Client({ node: 'http://127.0.0.1:9', maxRetries: 0 });
  return [typeof client.indices.create, typeof client.helpers.bulk, await client.info().catch((error) => error.name)];
};

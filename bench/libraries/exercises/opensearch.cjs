exports.late = 'API methods by name, AWS signatures';
exports.packages = ['@opensearch-project/opensearch'];
exports.run = async () => {
  const { Client } = require('@opensearch-project/opensearch');
  const client = new Client({ node: 'http://127.0.0.1:9', maxRetries: 0 });
  return [
    typeof client.indices.create,
    typeof require('@opensearch-project/opensearch/aws').AwsSigv4Signer,
    await client.info().catch((error) => error.name),
  ];
};

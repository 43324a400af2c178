exports.late = 'policies, tokenizers, types';
exports.packages = ['cassandra-driver'];
exports.run = async () => {
  const { Client, types } = require('cassandra-driver');
  const client = new Client({ contactPoints: ['127.0.0.1:9'], localDataCenter: 'dc1' });
  return [
    types.Uuid.fromString('00000000-0000-0000-0000-000000000001').toString(),
    await client.connect().catch((error) => error.name),
  ];
};

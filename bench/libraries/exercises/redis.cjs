exports.late = 'commands of modules';
exports.packages = ['redis'];
exports.run = async () => {
  const { createClient } = require('redis');
  const client = createClient({ url: 'redis://127.0.0.1:9', socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  return [typeof client.json.get, typeof client.ft.search, await client.connect().catch((error) => error.code)];
};

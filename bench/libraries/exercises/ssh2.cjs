exports.late = 'an optional addon behind a relative path';
exports.packages = ['ssh2'];
exports.run = async () => {
  const { Client, utils } = require('ssh2');
  const client = new Client();
  const error = await new Promise((resolve) =>
    client.on('error', resolve).connect({ host: '127.0.0.1', port: 9, username: 'u', password: 'p' }),
  );
  return [error.code, utils.generateKeyPairSync('ed25519').public.split(' ')[0]];
};

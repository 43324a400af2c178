exports.late = 'pages, and actions by name';
exports.packages = ['oidc-provider'];
exports.run = async () => {
  const { Provider, default: other } = await import('oidc-provider');
  const provider = new (Provider ?? other)('http://127.0.0.1', {
    clients: [{ client_id: 'a', client_secret: 'b', redirect_uris: ['http://x/cb'] }],
  });
  const server = require('node:http').createServer(provider.callback()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const response = await fetch(`http://127.0.0.1:${server.address().port}/.well-known/openid-configuration`, {
    headers: { connection: 'close' },
  });
  const { grant_types_supported } = await response.json();
  server.close();
  return grant_types_supported;
};

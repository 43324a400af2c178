exports.late = 'ES modules only';
exports.packages = ['openid-client'];
exports.run = async () => {
  const client = await import('openid-client');
  return [
    await client
      .discovery(new URL('http://127.0.0.1:9'), 'id', 's', undefined, { execute: [client.allowInsecureRequests] })
      .catch((error) => error.name),
    await client.calculatePKCECodeChallenge('a'),
  ];
};

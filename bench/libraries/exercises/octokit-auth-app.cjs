exports.late = 'keys, JSON web tokens';
exports.packages = ['@octokit/auth-app'];
exports.run = async () => {
  const { createAppAuth } = await import('@octokit/auth-app');
  const { generateKeyPairSync } = require('node:crypto');
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  });
  const { type, token } = await createAppAuth({ appId: 1, privateKey })({ type: 'app' });
  return [type, token.split('.').length];
};

exports.late = 'XML signatures';
exports.packages = ['@node-saml/passport-saml'];
exports.run = async () => {
  const { Strategy } = require('@node-saml/passport-saml');
  const strategy = new Strategy(
    { callbackUrl: 'http://x', entryPoint: 'http://y', issuer: 'i', idpCert: 'MIIB' },
    () => {},
    () => {},
  );
  return [
    strategy.name,
    await new Promise((resolve) =>
      strategy._saml.getAuthorizeUrlAsync('', undefined, {}).then((url) => resolve(url.split('?')[0])),
    ),
  ];
};

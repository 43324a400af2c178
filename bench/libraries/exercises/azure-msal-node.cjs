exports.late = 'authorities';
exports.packages = ['@azure/msal-node'];
exports.run = async () => {
  const { ConfidentialClientApplication } = require('@azure/msal-node');
  const app = new ConfidentialClientApplication({
    auth: { clientId: 'a', clientSecret: 'b', authority: 'https://127.0.0.1:9/t', knownAuthorities: ['127.0.0.1:9'] },
  });
  return await app.acquireTokenByClientCredential({ scopes: ['x/.default'] }).catch((error) => error.name);
};

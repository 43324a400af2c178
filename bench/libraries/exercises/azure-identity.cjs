exports.late = 'credentials in a chain';
exports.packages = ['@azure/identity'];
exports.run = async () => {
  const { ClientSecretCredential, DefaultAzureCredential, EnvironmentCredential } = require('@azure/identity');
  const unavailable = await new EnvironmentCredential().getToken('x').catch((error) => error.name);
  return [
    typeof DefaultAzureCredential,
    unavailable,
    await new ClientSecretCredential('00000000-0000-0000-0000-000000000000', 'b', 'c', {
      authorityHost: 'https://127.0.0.1:9',
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
    })
      .getToken('x/.default')
      .catch((error) => error.name),
  ];
};

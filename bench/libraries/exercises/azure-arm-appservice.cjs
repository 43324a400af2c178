exports.late = 'several hundred operations';
exports.packages = ['@azure/arm-appservice'];
exports.run = async () => {
  const { WebSiteManagementClient } = await import('@azure/arm-appservice');
  const client = new WebSiteManagementClient(
    { getToken: async () => ({ token: 't', expiresOnTimestamp: 9e15 }) },
    '00000000-0000-0000-0000-000000000000',
    { endpoint: 'http://127.0.0.1:9', allowInsecureConnection: true, retryOptions: { maxRetries: 0 } },
  );
  return [typeof client.webApps.list, await client.webApps.get('g', 'n').catch((error) => error.name)];
};

exports.late = 'models, config from a YAML file';
exports.packages = ['@okta/okta-sdk-nodejs'];
exports.run = async () => {
  const okta = require('@okta/okta-sdk-nodejs');
  const client = new okta.Client({ orgUrl: 'https://127.0.0.1:9', token: 't' });
  return [typeof client.userApi.listUsers, client.baseUrl];
};

exports.late = 'handlers and clients by kind';
exports.packages = ['azure-devops-node-api'];
exports.run = async () => {
  const { WebApi, getPersonalAccessTokenHandler } = require('azure-devops-node-api');
  const api = new WebApi('http://127.0.0.1:9/x', getPersonalAccessTokenHandler('t'), {
    maxRetries: 0,
    allowRetries: false,
  });
  return await api.getGitApi().catch((error) => error.code);
};

exports.late = 'resources by name';
exports.packages = ['@gitbeaker/rest'];
exports.run = async () => {
  const { Gitlab } = require('@gitbeaker/rest');
  const api = new Gitlab({ host: 'http://127.0.0.1:9', token: 't' });
  return [Object.keys(api).length > 80, await api.Projects.all().catch((error) => error.name)];
};

exports.late = 'agents';
exports.packages = ['hpagent'];
exports.run = async () => {
  return new (require('hpagent').HttpsProxyAgent)({ proxy: 'http://127.0.0.1:9' }).constructor.name;
};

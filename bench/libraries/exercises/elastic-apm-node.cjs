exports.late = 'instrumentation by name';
exports.packages = ['elastic-apm-node'];
exports.run = async () => {
  const apm = require('elastic-apm-node').start({
    serverUrl: 'http://127.0.0.1:9',
    logLevel: 'off',
    disableSend: true,
    metricsInterval: '0s',
    centralConfig: false,
    cloudProvider: 'none',
  });
  const name = apm.startTransaction('a').name;
  require('knex');
  return [apm.isStarted(), name];
};

exports.late = 'metrics of the process, by name';
exports.packages = ['prom-client'];
exports.run = async () => {
  const client = require('prom-client');
  client.collectDefaultMetrics();
  new client.Counter({ name: 'a_total', help: 'h' }).inc();
  return [client.collectDefaultMetrics.metricsList, await client.register.getSingleMetricAsString('a_total')];
};

exports.late = 'instrumentation by name, optional native parts';
exports.packages = ['newrelic'];
exports.run = async () => {
  process.env.NEW_RELIC_ENABLED = 'false';
  process.env.NEW_RELIC_NO_CONFIG_FILE = 'true';
  const newrelic = require('newrelic');
  return [typeof newrelic.startSegment, newrelic.constructor.name];
};

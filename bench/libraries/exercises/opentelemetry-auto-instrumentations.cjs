exports.late = 'instrumentation of other modules, hooks';
exports.packages = ['@opentelemetry/auto-instrumentations-node'];
exports.run = async () => {
  const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');
  return getNodeAutoInstrumentations()
    .map(({ instrumentationName }) => instrumentationName)
    .sort();
};

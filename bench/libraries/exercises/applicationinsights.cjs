exports.late = 'diagnostic channels, optional native parts';
exports.packages = ['applicationinsights'];
exports.run = async () => {
  const insights = require('applicationinsights');
  insights.setup('InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=http://127.0.0.1:9');
  return typeof insights.defaultClient.trackTrace;
};

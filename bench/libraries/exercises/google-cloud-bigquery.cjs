exports.late = 'classes that load each other late';
exports.packages = ['@google-cloud/bigquery'];
exports.run = async () => {
  const { BigQuery } = require('@google-cloud/bigquery');
  const client = new BigQuery({ projectId: 'p', apiEndpoint: 'http://127.0.0.1:9', autoRetry: false });
  return [client.dataset('d').table('t').id, BigQuery.date('2020-01-01').value];
};

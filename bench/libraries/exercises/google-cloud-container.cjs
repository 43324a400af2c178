exports.late = 'protos and client configs in JSON files';
exports.packages = ['@google-cloud/container'];
exports.run = async () => {
  const { ClusterManagerClient } = require('@google-cloud/container');
  process.env.GOOGLE_APPLICATION_CREDENTIALS = '/nonexistent';
  const client = new ClusterManagerClient({ projectId: 'p', fallback: true });
  return [
    client.getProjectId ? typeof client.listClusters : 'none',
    await client
      .listClusters({ parent: 'projects/p/locations/-' })
      .catch((error) => error.code ?? error.message.split(':')[0]),
  ];
};

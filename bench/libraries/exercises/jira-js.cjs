exports.late = 'one API of several';
exports.packages = ['jira.js'];
exports.run = async () => {
  const { Version3Client } = require('jira.js');
  const client = new Version3Client({ host: 'http://127.0.0.1:9' });
  return [
    typeof client.issues.getIssue,
    await client.serverInfo.getServerInfo().catch((error) => error.code ?? error.name),
  ];
};

exports.late = 'plugins, ES modules in newer versions';
exports.packages = ['@octokit/rest'];
exports.run = async () => {
  const { Octokit } = await import('@octokit/rest');
  const octokit = new Octokit({ baseUrl: 'http://127.0.0.1:9', log: { debug() {}, info() {}, warn() {}, error() {} } });
  return [
    typeof octokit.rest.repos.get,
    await octokit.rest.repos.get({ owner: 'a', repo: 'b' }).catch((error) => [error.name, error.status]),
  ];
};

exports.late = 'plugins, ES modules only in newer versions';
exports.packages = ['octokit'];
exports.run = async () => {
  const { Octokit, App } = await import('octokit');
  return [typeof new Octokit().graphql.paginate, typeof App];
};

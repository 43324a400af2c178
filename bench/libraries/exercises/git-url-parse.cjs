exports.late = 'hosts';
exports.packages = ['git-url-parse'];
exports.run = async () => {
  const parse = await import('git-url-parse');
  const { owner, name, source } = (parse.default.default ?? parse.default)('https://github.com/a/b/blob/main/c.md');
  return [owner, name, source];
};

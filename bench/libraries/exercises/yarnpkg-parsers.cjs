exports.late = 'generated parsers';
exports.packages = ['@yarnpkg/parsers'];
exports.run = async () => {
  const { parseSyml, parseShell } = require('@yarnpkg/parsers');
  return [parseSyml('a:\n  b: 1'), parseShell('echo a')[0].type];
};

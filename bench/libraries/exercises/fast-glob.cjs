exports.late = 'providers';
exports.packages = ['fast-glob'];
exports.run = async () => {
  require('node:fs').writeFileSync('a.x', '');
  return await require('fast-glob')('**/*.{x,y}');
};

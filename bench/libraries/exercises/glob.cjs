exports.late = 'a CommonJS build beside an ES one';
exports.packages = ['glob'];
exports.run = async () => {
  require('node:fs').writeFileSync('a.x', '');
  return (await require('glob').glob('**/*.x')).sort();
};

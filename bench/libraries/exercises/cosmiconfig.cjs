exports.late = 'loaders by extension';
exports.packages = ['cosmiconfig'];
exports.run = async () => {
  const { cosmiconfig } = require('cosmiconfig');
  const { writeFileSync } = require('node:fs');
  writeFileSync('.arc.yaml', 'a: 1');
  writeFileSync('b.config.js', 'module.exports = { b: 2 };');
  return [(await cosmiconfig('a').search()).config, (await cosmiconfig('b').search()).config];
};

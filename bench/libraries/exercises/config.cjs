exports.late = 'files by name, parsers by extension';
exports.packages = ['config', 'js-yaml'];
exports.run = async () => {
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('config');
  writeFileSync('config/default.json', '{"a":1}');
  writeFileSync('config/production.yaml', 'b: 2');
  const config = require('config');
  return [config.get('a'), config.get('b')];
};

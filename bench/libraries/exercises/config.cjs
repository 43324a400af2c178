exports.late = 'files by name, parsers by extension';
exports.packages = ['config', 'json5'];
exports.run = async () => {
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('config');
  writeFileSync('config/default.json', '{"a":1}');
  writeFileSync('config/production.json5', '{b: 2}');
  writeFileSync('config/local.js', 'module.exports = { c: 3 };');
  const config = require('config');
  return ['a', 'b', 'c'].map((key) => config.get(key));
};

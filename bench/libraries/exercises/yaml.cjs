exports.late = 'several builds by condition';
exports.packages = ['yaml'];
exports.run = async () => {
  const YAML = require('yaml');
  return [YAML.parse('a: 1\nb: [x]'), YAML.stringify({ a: new Date(0) })];
};

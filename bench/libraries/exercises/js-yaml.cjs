exports.late = 'schemas';
exports.packages = ['js-yaml'];
exports.run = async () => {
  const yaml = require('js-yaml');
  return [yaml.load('a: &x [1, 2020-01-01]\nb: *x'), yaml.dump({ a: [1] })];
};

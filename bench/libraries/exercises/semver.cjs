exports.late = 'classes through getters';
exports.packages = ['semver'];
exports.run = async () => {
  const semver = require('semver');
  return [semver.satisfies('1.2.3', '^1'), semver.minVersion('>=2').version];
};

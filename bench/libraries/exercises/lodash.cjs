exports.late = 'modules by name';
exports.packages = ['lodash'];
exports.run = async () => {
  const _ = require('lodash');
  return [_.template('<%= a %>')({ a: 1 }), require('lodash/fp').map((x) => x + 1)([1])];
};

exports.late = 'an addon behind `bindings`';
exports.packages = ['better-sqlite3'];
exports.run = async () => {
  return require('better-sqlite3')(':memory:').prepare('select 6 * 7 as x').get();
};

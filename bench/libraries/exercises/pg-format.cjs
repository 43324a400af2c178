exports.late = 'lists of reserved words';
exports.packages = ['pg-format'];
exports.run = async () => {
  return require('pg-format')('select %I from %I where a = %L', 'select', 'Big', "o'k");
};

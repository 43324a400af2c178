exports.late = 'WebAssembly beside the code';
exports.packages = ['sql.js'];
exports.run = async () => {
  const SQL = await require('sql.js')();
  return new SQL.Database().exec('select 1 + 1 as two');
};

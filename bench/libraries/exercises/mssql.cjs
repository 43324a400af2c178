exports.late = 'drivers by name';
exports.packages = ['mssql'];
exports.run = async () => {
  const sql = require('mssql');
  return [
    sql.NVarChar(5).length,
    await sql
      .connect({ server: '127.0.0.1', port: 9, user: 'u', password: 'p', connectionTimeout: 1000 })
      .catch((error) => [error.name, error.code]),
  ];
};

exports.late = 'a binary package per platform';
exports.packages = ['@duckdb/node-api'];
exports.run = async () => {
  const { DuckDBInstance } = require('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll('select 6 * 7 as x')).getRows();
};

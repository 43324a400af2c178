exports.late = 'authentication plugins, character sets';
exports.packages = ['mysql2'];
exports.run = async () => {
  const mysql = require('mysql2/promise');
  return [
    mysql.format('select ?', ["a'b"]),
    await mysql.createConnection({ host: '127.0.0.1', port: 9 }).catch((error) => error.code),
  ];
};

exports.late = 'token parsers, character sets';
exports.packages = ['tedious'];
exports.run = async () => {
  const { Connection } = require('tedious');
  const connection = new Connection({
    server: '127.0.0.1',
    options: { port: 9, connectTimeout: 1000 },
    authentication: { type: 'default', options: { userName: 'u', password: 'p' } },
  });
  return await new Promise((resolve) => connection.connect((error) => resolve([error.name, error.code])));
};

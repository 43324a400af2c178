exports.late = 'a native part that need not be installed';
exports.packages = ['pg'];
exports.run = async () => {
  const { Client, native } = require('pg');
  return [native === null, await new Client({ host: '127.0.0.1', port: 9 }).connect().catch((error) => error.code)];
};

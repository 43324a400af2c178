exports.late = 'a prebuilt addon behind node-gyp-build';
exports.packages = ['bcrypt'];
exports.run = async () => {
  const bcrypt = require('bcrypt');
  return [
    await bcrypt.hash('p', '$2b$04$abcdefghijklmnopqrstuu'),
    await bcrypt.compare('x', '$2b$04$abcdefghijklmnopqrstuu'),
  ];
};

exports.late = 'the same file for CommonJS and ES modules';
exports.packages = ['bcryptjs'];
exports.run = async () => {
  const bcrypt = require('bcryptjs');
  return (bcrypt.default ?? bcrypt).hashSync('p', '$2b$04$abcdefghijklmnopqrstuu');
};

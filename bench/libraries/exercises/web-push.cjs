exports.late = 'keys';
exports.packages = ['web-push'];
exports.run = async () => {
  const { publicKey } = require('web-push').generateVAPIDKeys();
  return publicKey.length;
};

exports.late = 'keys and certificates';
exports.packages = ['selfsigned'];
exports.run = async () => {
  const selfsigned = require('selfsigned');
  return (await selfsigned.generate([{ name: 'commonName', value: 'x' }], { keySize: 2048 })).cert
    .split('\n')[0]
    .trim();
};

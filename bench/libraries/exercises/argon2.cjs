exports.late = 'a prebuilt addon behind node-gyp-build';
exports.packages = ['argon2'];
exports.run = async () => {
  const argon2 = require('argon2');
  const hash = await argon2.hash('p', { salt: Buffer.alloc(16), memoryCost: 1024, timeCost: 2 });
  return [hash, await argon2.verify(hash, 'p')];
};

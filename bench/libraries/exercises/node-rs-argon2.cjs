exports.late = 'a binary package per platform';
exports.packages = ['@node-rs/argon2'];
exports.run = async () => {
  const { hash, verify } = require('@node-rs/argon2');
  return await verify(await hash('p', { memoryCost: 1024, timeCost: 2, parallelism: 1 }), 'p');
};

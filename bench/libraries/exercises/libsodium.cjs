exports.late = 'WebAssembly in the code';
exports.packages = ['libsodium-wrappers'];
exports.run = async () => {
  const module_ = require('libsodium-wrappers');
  const sodium = module_.default ?? module_;
  await sodium.ready;
  return sodium.to_hex(sodium.crypto_generichash(16, 'a'));
};

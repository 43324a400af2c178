exports.late = 'WebAssembly in the code';
exports.packages = ['hash-wasm'];
exports.run = async () => {
  return await require('hash-wasm').xxhash64('a');
};

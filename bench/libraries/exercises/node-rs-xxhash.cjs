exports.late = 'a binary package per platform';
exports.packages = ['@node-rs/xxhash'];
exports.run = async () => {
  return require('@node-rs/xxhash').xxh32('a');
};

exports.late = 'a prebuilt addon with a fallback';
exports.packages = ['bufferutil'];
exports.run = async () => {
  const source = Buffer.from([1, 2, 3, 4]);
  const output = Buffer.alloc(4);
  require('bufferutil').mask(source, Buffer.from([1, 1, 1, 1]), output, 0, 4);
  return [...output];
};

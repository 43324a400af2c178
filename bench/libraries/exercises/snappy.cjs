exports.late = 'a binary package per platform';
exports.packages = ['snappy'];
exports.run = async () => {
  const snappy = require('snappy');
  return String(await snappy.uncompress(await snappy.compress('hello'), { asBuffer: false }));
};

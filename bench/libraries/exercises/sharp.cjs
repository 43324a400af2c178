exports.late = 'a binary package per platform';
exports.packages = ['sharp'];
exports.run = async () => {
  const sharp = require('sharp');
  const { data, info } = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .resize(2, 3)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [info.width, info.height, [...data.subarray(0, 3)]];
};

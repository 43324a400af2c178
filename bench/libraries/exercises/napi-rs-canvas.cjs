exports.late = 'a binary package per platform';
exports.packages = ['@napi-rs/canvas'];
exports.run = async () => {
  const { createCanvas } = require('@napi-rs/canvas');
  const context = createCanvas(2, 2).getContext('2d');
  context.fillStyle = 'red';
  context.fillRect(0, 0, 2, 2);
  return [...context.getImageData(0, 0, 1, 1).data];
};

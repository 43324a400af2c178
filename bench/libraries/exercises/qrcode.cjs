exports.late = 'renderers by name';
exports.packages = ['qrcode'];
exports.run = async () => {
  return [
    (await require('qrcode').toString('a', { type: 'svg' })).length,
    (await require('qrcode').toBuffer('a')).length,
  ];
};

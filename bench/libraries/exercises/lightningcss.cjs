exports.late = 'a binary package per platform';
exports.packages = ['lightningcss'];
exports.run = async () => {
  return String(
    require('lightningcss').transform({
      filename: 'a.css',
      code: Buffer.from('a { color: rgb(255, 0, 0) }'),
      minify: true,
    }).code,
  );
};

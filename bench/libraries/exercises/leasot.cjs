exports.late = 'parsers by file type';
exports.packages = ['leasot'];
exports.run = async () => {
  const leasot = await import('leasot');
  return (leasot.parse ?? leasot.default.parse)('// TODO: a\n/* FIXME: b */', {
    extension: '.js',
    filename: 'a.js',
  }).map(({ tag, text }) => [tag, text]);
};

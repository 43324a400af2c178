exports.late = 'parsers by file type';
exports.packages = ['leasot'];
exports.run = async () => {
  const { parse } = await import('leasot');
  const todos = await parse('// TODO: a\n/* FIXME: b */', { extension: '.js', filename: 'a.js' });
  return todos.map(({ tag, text }) => [tag, text]);
};

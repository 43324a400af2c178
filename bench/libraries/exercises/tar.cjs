exports.late = 'streams';
exports.packages = ['tar'];
exports.run = async () => {
  const tar = require('tar');
  require('node:fs').writeFileSync('a', 'x');
  await tar.c({ file: 'a.tgz', gzip: true }, ['a']);
  const names = [];
  await tar.t({ file: 'a.tgz', onReadEntry: (entry) => names.push(entry.path) });
  return names;
};

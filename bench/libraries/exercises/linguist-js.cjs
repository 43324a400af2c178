exports.late = 'data files beside the code';
exports.packages = ['linguist-js'];
exports.run = async () => {
  const linguist = require('linguist-js');
  require('node:fs').writeFileSync('a.ts', 'let a: number = 1;\n');
  const { languages } = await (linguist.default ?? linguist)('.', { offline: true, quick: false });
  return Object.keys(languages.results);
};

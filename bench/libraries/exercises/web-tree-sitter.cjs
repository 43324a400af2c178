exports.late = 'WebAssembly beside the code';
exports.packages = ['web-tree-sitter'];
exports.run = async () => {
  const { Parser, Language } = require('web-tree-sitter');
  await Parser.init();
  return [typeof new Parser().parse, typeof Language.load];
};

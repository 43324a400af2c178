exports.late = 'data of another package in JSON files';
exports.packages = ['css-tree'];
exports.run = async () => {
  const csstree = require('css-tree');
  return [
    csstree.lexer.matchProperty('color', csstree.parse('red', { context: 'value' })).error,
    csstree.generate(csstree.parse('a { b : c }')),
  ];
};

exports.late = 'parsers by name';
exports.packages = ['recast'];
exports.run = async () => {
  const recast = require('recast');
  const ast = recast.parse('let a = 1;');
  ast.program.body[0].declarations[0].id.name = 'b';
  return recast.print(ast).code;
};

exports.late = 'plugins that are imported for a language';
exports.packages = ['prettier'];
exports.run = async () => {
  const prettier = require('prettier');
  return await Promise.all(
    [
      ['babel', 'a=1'],
      ['typescript', 'let a:string'],
      ['css', 'a{b:c}'],
      ['markdown', '* a'],
      ['yaml', 'a:   1'],
      ['graphql', '{a}'],
    ].map(([parser, code]) => prettier.format(code, { parser })),
  );
};

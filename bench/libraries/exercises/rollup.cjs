exports.late = 'a binary package per platform';
exports.packages = ['rollup'];
exports.run = async () => {
  const { rollup } = require('rollup');
  require('node:fs').writeFileSync('a.js', 'export const a = 1; const b = 2;');
  const bundle = await rollup({ input: 'a.js' });
  const { output } = await bundle.generate({ format: 'cjs' });
  return output[0].code;
};

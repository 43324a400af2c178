exports.late = 'ES modules only';
exports.packages = ['globby'];
exports.run = async () => {
  require('node:fs').writeFileSync('a.x', '');
  require('node:fs').writeFileSync('.gitignore', 'b.x');
  require('node:fs').writeFileSync('b.x', '');
  const { globby } = await import('globby');
  return await globby('*.x', { gitignore: true });
};

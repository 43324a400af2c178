exports.late = 'ES modules only';
exports.packages = ['find-up'];
exports.run = async () => {
  require('node:fs').writeFileSync('a.x', '');
  return require('node:path').basename(await (await import('find-up')).findUp('a.x'));
};

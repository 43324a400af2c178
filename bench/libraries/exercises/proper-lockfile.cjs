exports.late = 'patches of `fs`';
exports.packages = ['proper-lockfile'];
exports.run = async () => {
  const lockfile = require('proper-lockfile');
  require('node:fs').writeFileSync('a', '');
  const release = await lockfile.lock('a');
  const locked = await lockfile.check('a');
  await release();
  return [locked, await lockfile.check('a')];
};

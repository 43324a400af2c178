exports.late = 'modules that add themselves';
exports.packages = ['fs-extra'];
exports.run = async () => {
  const fs = require('fs-extra');
  await fs.outputJson('a/b.json', { x: 1 });
  await fs.copy('a', 'c');
  return [await fs.readJson('c/b.json'), await fs.pathExists('nope')];
};

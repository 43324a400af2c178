exports.late = 'an addon that other platforms have';
exports.packages = ['chokidar'];
exports.run = async () => {
  const chokidar = require('chokidar');
  require('node:fs').writeFileSync('a', '');
  const watcher = chokidar.watch('.');
  const seen = [];
  watcher.on('add', (path) => seen.push(path));
  await new Promise((resolve) => watcher.on('ready', resolve));
  await watcher.close();
  return seen;
};

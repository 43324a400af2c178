exports.late = 'one build of several, by condition';
exports.packages = ['isomorphic-git'];
exports.run = async () => {
  const git = require('isomorphic-git');
  const fs = require('node:fs');
  await git.init({ fs, dir: 'r' });
  fs.writeFileSync('r/a', 'x');
  await git.add({ fs, dir: 'r', filepath: 'a' });
  const author = { name: 'a', email: 'a@x', timestamp: 0, timezoneOffset: 0 };
  return [await git.commit({ fs, dir: 'r', message: 'm', author }), typeof require('isomorphic-git/http/node').request];
};

exports.late = 'tasks';
exports.packages = ['simple-git'];
exports.run = async () => {
  const { simpleGit } = require('simple-git');
  const git = simpleGit(process.cwd());
  await git.init();
  return (await git.status()).files;
};

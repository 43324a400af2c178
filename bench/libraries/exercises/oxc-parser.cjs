exports.late = 'a binary package per platform, a worker';
exports.packages = ['oxc-parser'];
exports.run = async () => {
  return require('oxc-parser').parseSync('a.ts', 'let a: number = 1').program.body[0].type;
};

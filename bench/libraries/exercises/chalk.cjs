exports.late = 'imports by `#name`';
exports.packages = ['chalk'];
exports.run = async () => {
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 }).red('a');
};

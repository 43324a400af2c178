exports.late = 'several builds by condition';
exports.packages = ['csv-parse'];
exports.run = async () => {
  return require('csv-parse/sync').parse('a,b\n1,"x,y"\n', { columns: true });
};

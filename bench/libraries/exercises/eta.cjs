exports.late = 'templates from files, compiled with `new Function`';
exports.packages = ['eta'];
exports.run = async () => {
  const { Eta } = require('eta');
  require('node:fs').writeFileSync('a.eta', '<% it.a.forEach((x) => { %><%= x %>,<% }) %>');
  return new Eta({ views: process.cwd() }).render('./a', { a: [1, '<'] });
};

exports.late = 'functions that depend on each other';
exports.packages = ['mathjs'];
exports.run = async () => {
  const { evaluate } = require('mathjs');
  return [String(evaluate('12 cm to inch')), String(evaluate('sqrt(-4)'))];
};

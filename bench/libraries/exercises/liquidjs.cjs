exports.late = 'templates from files';
exports.packages = ['liquidjs'];
exports.run = async () => {
  const { Liquid } = require('liquidjs');
  require('node:fs').writeFileSync('a.liquid', '{% assign x = "a,b" | split: "," %}{{ x | join: "-" | upcase }}');
  return await new Liquid({ root: '.', extname: '.liquid' }).renderFile('a');
};

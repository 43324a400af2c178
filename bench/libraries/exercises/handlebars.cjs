exports.late = 'templates compiled with `new Function`';
exports.packages = ['handlebars'];
exports.run = async () => {
  return require('handlebars').compile('{{#each a}}{{this}},{{/each}}')({ a: [1, 2] });
};

exports.late = 'templates';
exports.packages = ['mustache'];
exports.run = async () => {
  return require('mustache').render('{{#a}}{{b}}{{/a}}{{{c}}}', { a: [{ b: 1 }, { b: '<' }], c: '<' });
};

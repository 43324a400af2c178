exports.late = 'templates from files';
exports.packages = ['nunjucks'];
exports.run = async () => {
  const nunjucks = require('nunjucks');
  require('node:fs').writeFileSync('t.html', '{% for x in a %}{{ x | upper }}{% endfor %}');
  return nunjucks.configure('.', { autoescape: true }).render('t.html', { a: ['x', '<y>'] });
};

exports.late = 'template engines by name';
exports.packages = ['consolidate', 'handlebars', 'nunjucks', 'ejs'];
exports.run = async () => {
  const consolidate = require('consolidate');
  return [
    await consolidate.handlebars.render('{{a}}', { a: 1 }),
    await consolidate.ejs.render('<%= a %>', { a: 2 }),
    await consolidate.nunjucks.render('{{ a }}', { a: 3 }),
  ];
};

exports.late = 'view engines by name';
exports.packages = ['express', 'ejs', 'pug'];
exports.run = async () => {
  const app = require('express')();
  const { writeFileSync } = require('node:fs');
  writeFileSync('a.ejs', '<%= x %>');
  writeFileSync('b.pug', 'p= x');
  app.set('views', '.');
  const render = (view) =>
    new Promise((resolve, reject) =>
      app.render(view, { x: '<1>' }, (error, html) => (error ? reject(error) : resolve(html))),
    );
  return [await render('a.ejs'), await render('b.pug')];
};

exports.late = 'a view engine with partials';
exports.packages = ['hbs', 'express'];
exports.run = async () => {
  const app = require('express')();
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('views');
  writeFileSync('views/a.hbs', '{{x}}');
  writeFileSync('views/layout.hbs', '<b>{{{body}}}</b>');
  app.set('view engine', 'hbs');
  app.set('views', 'views');
  require('hbs');
  return await new Promise((resolve, reject) =>
    app.render('a', { x: 1 }, (error, html) => (error ? reject(error) : resolve(html))),
  );
};

exports.late = 'runtime that is read as a file';
exports.packages = ['pug'];
exports.run = async () => {
  const pug = require('pug');
  return [pug.render('p(class=c)= t', { c: ['a', 'b'], t: '<x>' }), pug.compileClient('p x').length > 1000];
};

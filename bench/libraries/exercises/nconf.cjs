exports.late = 'stores by name';
exports.packages = ['nconf'];
exports.run = async () => {
  const nconf = require('nconf');
  require('node:fs').writeFileSync('a.json', '{"x":{"y":1}}');
  nconf.use('memory');
  nconf.file({ file: 'a.json' });
  return nconf.get('x:y');
};

exports.late = 'a database in a JSON file';
exports.packages = ['mime-types'];
exports.run = async () => {
  const mime = require('mime-types');
  return [mime.lookup('a.svg'), mime.extension('text/markdown'), mime.contentType('a.json')];
};

exports.late = 'languages by name';
exports.packages = ['highlight.js'];
exports.run = async () => {
  const hljs = require('highlight.js');
  return [hljs.listLanguages().length, hljs.highlight('let a = 1', { language: 'typescript' }).value];
};

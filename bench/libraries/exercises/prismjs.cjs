exports.late = 'languages by name, resolved at run time';
exports.packages = ['prismjs'];
exports.run = async () => {
  const Prism = require('prismjs');
  require('prismjs/components/')(['yaml', 'rust']);
  return [Prism.highlight('fn a() {}', Prism.languages.rust, 'rust'), typeof Prism.languages.yaml];
};

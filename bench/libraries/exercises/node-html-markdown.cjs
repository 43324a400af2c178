exports.late = 'an HTML parser';
exports.packages = ['node-html-markdown'];
exports.run = async () => {
  return require('node-html-markdown').NodeHtmlMarkdown.translate('<h1>a</h1><ul><li>b</li></ul>');
};

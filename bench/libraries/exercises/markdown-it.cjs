exports.late = 'tables of entities';
exports.packages = ['markdown-it'];
exports.run = async () => {
  const MarkdownIt = require('markdown-it');
  return (MarkdownIt.default ?? MarkdownIt)({ linkify: true, html: true }).render(
    '# a &copy; https://example.com\n\n| a |\n|---|\n| b |',
  );
};

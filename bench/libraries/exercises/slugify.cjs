exports.late = 'a table of characters';
exports.packages = ['slugify'];
exports.run = async () => {
  return require('slugify')('Straße ♥ œuvre', { lower: true });
};

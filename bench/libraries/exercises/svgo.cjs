exports.late = 'plugins by name';
exports.packages = ['svgo'];
exports.run = async () => {
  return require('svgo').optimize(
    '<svg xmlns="http://www.w3.org/2000/svg"><!-- a --><g><rect width="1" height="1"/></g></svg>',
    { plugins: ['preset-default', 'removeDimensions'] },
  ).data;
};

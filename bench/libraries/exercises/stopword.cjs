exports.late = 'word lists';
exports.packages = ['stopword'];
exports.run = async () => {
  const { removeStopwords, deu } = require('stopword');
  return removeStopwords(['das', 'haus', 'ist', 'alt'], deu);
};

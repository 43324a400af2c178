exports.late = 'tables of entities, optional canvas';
exports.packages = ['linkedom'];
exports.run = async () => {
  return require('linkedom').parseHTML('<p>a&copy;</p>').document.querySelector('p').textContent;
};

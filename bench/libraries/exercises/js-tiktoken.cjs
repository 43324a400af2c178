exports.late = 'ranks as modules';
exports.packages = ['js-tiktoken'];
exports.run = async () => {
  return require('js-tiktoken').getEncoding('cl100k_base').encode('hello world');
};

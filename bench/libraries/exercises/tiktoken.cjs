exports.late = 'WebAssembly and rank files';
exports.packages = ['tiktoken'];
exports.run = async () => {
  const { get_encoding, encoding_for_model } = require('tiktoken');
  return [[...get_encoding('cl100k_base').encode('hello world')], encoding_for_model('gpt-4o').encode('hello').length];
};

exports.late = 'the variant for Node.js';
exports.packages = ['cross-fetch'];
exports.run = async () => {
  return await require('cross-fetch')
    .fetch('http://127.0.0.1:9')
    .catch((error) => error.code ?? error.cause?.code);
};

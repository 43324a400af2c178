exports.late = 'the variant for Node.js';
exports.packages = ['superagent'];
exports.run = async () => {
  return await require('superagent')
    .get('http://127.0.0.1:9')
    .catch((error) => error.code);
};

exports.late = 'adapters by name, the build for Node.js';
exports.packages = ['axios'];
exports.run = async () => {
  const axios = require('axios');
  return [
    typeof axios.create,
    await axios.get('http://127.0.0.1:9').catch((error) => error.code),
    await axios.get('http://127.0.0.1:9', { adapter: 'fetch' }).catch((error) => error.name),
  ];
};

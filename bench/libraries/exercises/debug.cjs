exports.late = 'the variant for Node.js';
exports.packages = ['debug'];
exports.run = async () => {
  const debug = require('debug');
  debug.enable('a*');
  return [debug.enabled('ab'), debug.enabled('b'), typeof debug.inspectOpts];
};

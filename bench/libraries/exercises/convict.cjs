exports.late = 'formats';
exports.packages = ['convict'];
exports.run = async () => {
  const config = require('convict')({ a: { format: 'port', default: 80, env: 'A' } });
  process.env.A = '81';
  config.validate();
  return config.get('a');
};

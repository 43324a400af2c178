exports.late = 'built-in functions';
exports.packages = ['@open-policy-agent/opa-wasm'];
exports.run = async () => {
  const { loadPolicy } = require('@open-policy-agent/opa-wasm');
  return await loadPolicy(Buffer.from('0061736d01000000', 'hex')).catch((error) => error.constructor.name);
};

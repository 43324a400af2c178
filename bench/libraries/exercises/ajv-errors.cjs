exports.late = 'keywords that add themselves';
exports.packages = ['ajv-errors', 'ajv'];
exports.run = async () => {
  const Ajv = require('ajv').default;
  const ajv = new Ajv({ allErrors: true });
  require('ajv-errors')(ajv);
  const validate = ajv.compile({ type: 'object', required: ['a'], errorMessage: 'give a' });
  return [validate({}), validate.errors[0].message];
};

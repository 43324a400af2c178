exports.late = 'validators made with `new Function`, and standalone code that requires its runtime';
exports.packages = ['ajv', 'ajv-formats'];
exports.run = async () => {
  const Ajv = require('ajv').default;
  const ajv = new Ajv({ code: { source: true } });
  require('ajv-formats').default(ajv);
  const validate = ajv.compile({
    type: 'object',
    properties: { a: { format: 'date' }, b: { uniqueItems: true, type: 'array' } },
    required: ['a'],
  });
  const code = require('ajv/dist/standalone').default(ajv, validate);
  return [
    validate({ a: '2020-01-01' }),
    validate({ a: 'x' }),
    validate.errors[0].message,
    code.includes('require("ajv-formats/dist/formats")'),
    code.includes('ajv/dist/runtime'),
  ];
};

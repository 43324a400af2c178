exports.late = 'nothing late; a peer of the others';
exports.packages = ['jsonschema'];
exports.run = async () => {
  return new (require('jsonschema').Validator)().validate({ a: 1 }, { properties: { a: { type: 'string' } } }).errors[0]
    .stack;
};

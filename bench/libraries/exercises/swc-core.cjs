exports.late = 'a binary package per platform';
exports.packages = ['@swc/core'];
exports.run = async () => {
  return (await require('@swc/core').transform('let x: number = 1', { jsc: { parser: { syntax: 'typescript' } } }))
    .code;
};

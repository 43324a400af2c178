exports.late = 'resolvers and parsers by kind';
exports.packages = ['@apidevtools/json-schema-ref-parser'];
exports.run = async () => {
  const { $RefParser, default: other } = await import('@apidevtools/json-schema-ref-parser');
  require('node:fs').writeFileSync('b.yaml', 'x: { type: string }');
  return await ($RefParser ?? other).dereference({ a: { $ref: 'b.yaml#/x' } });
};

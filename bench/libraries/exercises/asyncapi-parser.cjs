exports.late = 'schemas in JSON files';
exports.packages = ['@asyncapi/parser'];
exports.run = async () => {
  const { Parser } = require('@asyncapi/parser');
  const { document, diagnostics } = await new Parser().parse(
    'asyncapi: 2.6.0\ninfo: { title: t, version: "1" }\nchannels: { a: { publish: { message: { payload: { type: string } } } } }',
  );
  return [document.info().title(), diagnostics.filter(({ severity }) => severity === 0).length];
};

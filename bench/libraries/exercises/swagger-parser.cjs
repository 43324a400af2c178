exports.late = 'schemas of OpenAPI in JSON files, resolvers and parsers';
exports.packages = ['@apidevtools/swagger-parser'];
exports.run = async () => {
  const SwaggerParser = require('@apidevtools/swagger-parser');
  require('node:fs').writeFileSync(
    'a.yaml',
    'openapi: 3.0.0\ninfo: { title: t, version: "1" }\npaths: { /a: { get: { responses: { "200": { $ref: "#/components/responses/R" } } } } }\ncomponents: { responses: { R: { description: r } } }',
  );
  const api = await (SwaggerParser.default ?? SwaggerParser).validate('a.yaml');
  return [
    api.paths['/a'].get.responses[200].description,
    await (SwaggerParser.default ?? SwaggerParser)
      .validate({ openapi: '3.0.0', paths: {} })
      .catch((error) => error.name),
  ];
};

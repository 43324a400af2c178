exports.late = 'rules and presets by name';
exports.packages = ['@redocly/openapi-core'];
exports.run = async () => {
  const { lintFromString, createConfig } = await import('@redocly/openapi-core');
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({
    source: 'openapi: 3.0.0\ninfo: { title: t, version: "1" }\npaths: {}',
    config,
  });
  return problems.map(({ ruleId }) => ruleId).sort();
};

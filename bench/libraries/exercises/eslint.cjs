exports.late = 'rules and formatters by name';
exports.packages = ['eslint'];
exports.run = async () => {
  const { ESLint } = require('eslint');
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: [{ rules: { 'no-unused-vars': 'error', 'prefer-const': 'error' } }],
  });
  const results = await eslint.lintText('let a = 1; let b = 2; b;');
  return [
    results[0].messages.map(({ ruleId }) => ruleId),
    await (await eslint.loadFormatter('json')).format([]),
    (await (await eslint.loadFormatter('stylish')).format(results)).includes('no-unused-vars'),
  ];
};

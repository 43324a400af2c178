exports.late = 'rule sets and functions';
exports.packages = ['@stoplight/spectral-core', '@stoplight/spectral-rulesets'];
exports.run = async () => {
  const { Spectral } = require('@stoplight/spectral-core');
  const { oas } = require('@stoplight/spectral-rulesets');
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [oas] });
  return (await spectral.run({ openapi: '3.0.0', info: { title: 't', version: '1' }, paths: {} }))
    .map(({ code }) => code)
    .sort();
};

exports.late = 'components that register themselves';
exports.packages = ['mjml'];
exports.run = async () => {
  const mjml = require('mjml');
  const { html } = await (mjml.default ?? mjml)(
    '<mjml><mj-body><mj-section><mj-column><mj-text>hello</mj-text></mj-column></mj-section></mj-body></mjml>',
  );
  return [html.includes('hello'), html.length];
};

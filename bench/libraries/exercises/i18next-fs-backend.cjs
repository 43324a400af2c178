exports.late = 'files by language, json5 and yaml parsers';
exports.packages = ['i18next', 'i18next-fs-backend'];
exports.run = async () => {
  const i18next = require('i18next').createInstance();
  const fs = require('node:fs');
  fs.writeFileSync('de.json', '{"hello":"Hallo {{name}}"}');
  fs.writeFileSync('fr.json', '{"hello":"Salut {{name}}"}');
  const Backend = require('i18next-fs-backend');
  await i18next
    .use(Backend.default ?? Backend)
    .init({ lng: 'de', fallbackLng: 'fr', preload: ['de', 'fr'], backend: { loadPath: './{{lng}}.json' } });
  return [i18next.t('hello', { name: 'A' }), i18next.getFixedT('fr')('hello', { name: 'B' })];
};

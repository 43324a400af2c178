exports.late = 'languages in JSON files, by name';
exports.packages = ['i18n-iso-countries'];
exports.run = async () => {
  const countries = require('i18n-iso-countries');
  return ['en', 'de', 'fr'].map((language) => countries.getName('DE', language));
};

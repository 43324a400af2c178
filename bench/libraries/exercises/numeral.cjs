exports.late = 'locales by name';
exports.packages = ['numeral'];
exports.run = async () => {
  const numeral = require('numeral');
  require('numeral/locales');
  numeral.locale('de');
  return numeral(1234.5).format('0,0.00 $');
};

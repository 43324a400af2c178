exports.late = 'locales';
exports.packages = ['date-fns'];
exports.run = async () => {
  const { format } = require('date-fns');
  const locales = require('date-fns/locale');
  return ['de', 'fr', 'ja'].map((name) => format(new Date(2020, 0, 1), 'PPPP', { locale: locales[name] }));
};

exports.late = 'locales';
exports.packages = ['cronstrue'];
exports.run = async () => {
  return require('cronstrue/i18n').toString('*/5 * * * *', { locale: 'de' });
};

exports.late = 'locales of Node.js';
exports.packages = ['luxon'];
exports.run = async () => {
  return require('luxon').DateTime.fromMillis(0, { zone: 'utc' }).setLocale('de').toLocaleString({ dateStyle: 'full' });
};

exports.late = 'locales by name, through an alias of `require`';
exports.packages = ['moment'];
exports.run = async () => {
  const moment = require('moment');
  return ['de', 'fr', 'ja'].map((locale) => moment.utc(0).locale(locale).format('LLLL'));
};

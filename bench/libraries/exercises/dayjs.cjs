exports.late = 'locales and plugins by name';
exports.packages = ['dayjs'];
exports.run = async () => {
  const dayjs = require('dayjs');
  dayjs.extend(require('dayjs/plugin/utc'));
  dayjs.extend(require('dayjs/plugin/localizedFormat'));
  const name = ['de', 'fr'];
  for (const each of name) require(`dayjs/locale/${each}`);
  return name.map((each) => dayjs.utc(0).locale(each).format('LLLL'));
};

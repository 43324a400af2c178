exports.late = '`luxon`';
exports.packages = ['cron'];
exports.run = async () => {
  const { CronTime } = require('cron');
  return new CronTime('0 12 * * *', 'Europe/Berlin').getNextDateFrom(new Date(0)).toISO();
};

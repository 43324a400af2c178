exports.late = '`cron-parser` and time zones';
exports.packages = ['node-schedule'];
exports.run = async () => {
  const schedule = require('node-schedule');
  const job = schedule.scheduleJob('0 0 1 1 *', () => {});
  const at = job.nextInvocation().toDate().getMonth();
  job.cancel();
  return at;
};

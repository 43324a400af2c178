exports.late = 'tasks in processes of their own';
exports.packages = ['node-cron'];
exports.run = async () => {
  const cron = require('node-cron');
  return [cron.validate('*/5 * * * *'), cron.validate('x')];
};

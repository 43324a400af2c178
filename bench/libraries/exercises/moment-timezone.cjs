exports.late = 'time zones from a data file';
exports.packages = ['moment-timezone'];
exports.run = async () => {
  return require('moment-timezone').tz('2024-07-01T12:00:00Z', 'Europe/Berlin').format();
};

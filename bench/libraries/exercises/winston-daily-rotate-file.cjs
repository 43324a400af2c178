exports.late = 'a transport that adds itself to winston';
exports.packages = ['winston', 'winston-daily-rotate-file'];
exports.run = async () => {
  const winston = require('winston');
  require('winston-daily-rotate-file');
  const transport = new winston.transports.DailyRotateFile({ filename: 'log-%DATE%', datePattern: 'YYYY' });
  const logger = winston.createLogger({ format: winston.format.simple(), transports: [transport] });
  const finished = new Promise((resolve) => transport.on('finish', resolve));
  logger.info('x');
  logger.end();
  await finished;
  return require('node:fs')
    .readdirSync('.')
    .filter((file) => file.startsWith('log-')).length;
};

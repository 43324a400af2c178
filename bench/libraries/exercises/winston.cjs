exports.late = 'transports, through getters';
exports.packages = ['winston'];
exports.run = async () => {
  const winston = require('winston');
  const lines = [];
  const stream = new (require('node:stream').Writable)({
    write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()),
  });
  const logger = winston.createLogger({
    format: winston.format.combine(winston.format.splat(), winston.format.simple()),
    transports: [new winston.transports.Stream({ stream }), new winston.transports.File({ filename: 'x.log' })],
  });
  logger.info('hello %s', 'world');
  await new Promise((resolve) => logger.on('finish', resolve).end());
  return [lines, Object.keys(winston.transports)];
};

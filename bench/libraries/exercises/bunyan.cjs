exports.late = 'optional parts that need not be installed';
exports.packages = ['bunyan'];
exports.run = async () => {
  const bunyan = require('bunyan');
  const lines = [];
  const log = bunyan.createLogger({
    name: 'n',
    streams: [{ stream: { write: (line) => lines.push(JSON.parse(line).msg) } }, { path: 'x.log' }],
  });
  log.info('hello');
  return lines;
};

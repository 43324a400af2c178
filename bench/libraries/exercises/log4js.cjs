exports.late = 'appenders and layouts by name';
exports.packages = ['log4js'];
exports.run = async () => {
  const { mkdtempSync, readFileSync } = require('node:fs');
  const { tmpdir } = require('node:os');
  const { join } = require('node:path');
  const log4js = require('log4js');
  const dir = mkdtempSync(join(tmpdir(), 'log4js-'));
  log4js.configure({
    appenders: {
      f: { type: 'file', filename: join(dir, 'x'), layout: { type: 'messagePassThrough' } },
      d: { type: 'dateFile', filename: join(dir, 'y') },
      l: { type: 'logLevelFilter', appender: 'f', level: 'info' },
    },
    categories: { default: { appenders: ['l', 'd'], level: 'info' } },
  });
  log4js.getLogger().info('hello');
  await new Promise((resolve) => log4js.shutdown(resolve));
  return readFileSync(join(dir, 'x'), 'utf8');
};

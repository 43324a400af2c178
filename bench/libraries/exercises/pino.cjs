exports.late = 'a transport by name, in a worker';
exports.packages = ['pino', 'pino-pretty'];
exports.run = async () => {
  const { mkdtempSync, readFileSync } = require('node:fs');
  const { tmpdir } = require('node:os');
  const { join } = require('node:path');
  const pino = require('pino');
  const destination = join(mkdtempSync(join(tmpdir(), 'pino-')), 'log');
  const transport = pino.transport({ target: 'pino-pretty', options: { destination, colorize: false, sync: true } });
  await new Promise((resolve, reject) => transport.on('ready', resolve).on('error', reject));
  const ended = new Promise((resolve) => transport.on('close', resolve));
  pino({ base: undefined, timestamp: false }, transport).info('hello');
  transport.end();
  await ended;
  return readFileSync(destination, 'utf8');
};

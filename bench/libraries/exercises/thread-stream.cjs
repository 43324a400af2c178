exports.late = 'its own worker script';
exports.packages = ['thread-stream'];
exports.run = async () => {
  const { mkdtempSync, readFileSync, writeFileSync } = require('node:fs');
  const { tmpdir } = require('node:os');
  const { join } = require('node:path');
  const ThreadStream = require('thread-stream');
  const dir = mkdtempSync(join(tmpdir(), 'thread-'));
  const filename = join(dir, 'w.js');
  writeFileSync(filename, "module.exports = ({ to }) => require('fs').createWriteStream(to);");
  const stream = new ThreadStream({ filename, workerData: { to: join(dir, 'out') }, sync: true });
  await new Promise((resolve, reject) => stream.on('ready', resolve).on('error', reject));
  const closed = new Promise((resolve) => stream.on('close', resolve));
  stream.write('hello');
  stream.end();
  await closed;
  return readFileSync(join(dir, 'out'), 'utf8');
};

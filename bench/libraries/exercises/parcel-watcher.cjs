exports.late = 'a binary package per platform';
exports.packages = ['@parcel/watcher'];
exports.run = async () => {
  const watcher = require('@parcel/watcher');
  require('node:fs').mkdirSync('w');
  const seen = await new Promise((resolve, reject) => {
    watcher
      .subscribe('w', (error, events) => (error ? reject(error) : resolve(events.map(({ type }) => type))))
      .then(() => require('node:fs').writeFileSync('w/a', ''), reject);
  });
  return seen;
};

exports.late = 'formats by name';
exports.packages = ['archiver'];
exports.run = async () => {
  const archiver = require('archiver');
  const make = archiver.default ?? archiver;
  const sizes = [];
  for (const format of ['zip', 'tar']) {
    const archive =
      typeof make === 'function' ? make(format) : new archiver[{ zip: 'ZipArchive', tar: 'TarArchive' }[format]]();
    const chunks = [];
    archive.on('data', (chunk) => chunks.push(chunk));
    archive.append('x', { name: 'a.txt', date: new Date(0) });
    await archive.finalize();
    sizes.push(Buffer.concat(chunks).length > 100);
  }
  return sizes;
};

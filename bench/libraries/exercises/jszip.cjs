exports.late = 'streams of Node.js';
exports.packages = ['jszip'];
exports.run = async () => {
  const JSZip = require('jszip');
  const zip = new JSZip();
  zip.file('a', 'hello');
  return await (await JSZip.loadAsync(await zip.generateAsync({ type: 'nodebuffer' }))).file('a').async('string');
};

exports.late = 'methods by number';
exports.packages = ['adm-zip'];
exports.run = async () => {
  const AdmZip = require('adm-zip');
  const zip = new AdmZip();
  zip.addFile('a.txt', Buffer.from('hello'));
  return new AdmZip(zip.toBuffer()).readAsText('a.txt');
};

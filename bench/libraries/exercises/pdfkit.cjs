exports.late = 'font metrics and colour profiles as data files';
exports.packages = ['pdfkit'];
exports.run = async () => {
  const PDFDocument = require('pdfkit');
  const document = new PDFDocument({ compress: false, info: { CreationDate: new Date(0) } });
  const chunks = [];
  document.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  document.font('Times-Roman').text('hello').font('Courier').text('x');
  document.end();
  await ended;
  return [document.widthOfString('hello'), /BaseFont \/Times-Roman/.test(Buffer.concat(chunks).toString('latin1'))];
};

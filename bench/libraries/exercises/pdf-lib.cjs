exports.late = 'font metrics, compressed in the code';
exports.packages = ['pdf-lib'];
exports.run = async () => {
  const { PDFDocument, StandardFonts } = require('pdf-lib');
  const document = await PDFDocument.create();
  return (await document.embedFont(StandardFonts.Helvetica)).widthOfTextAtSize('hello', 12);
};

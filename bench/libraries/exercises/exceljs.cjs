exports.late = 'themes in XML as modules, `unzipper` and `archiver`';
exports.packages = ['exceljs'];
exports.run = async () => {
  const ExcelJS = require('exceljs');
  const book = new ExcelJS.Workbook();
  book.addWorksheet('s').addRow([1, 'a']);
  const copy = new ExcelJS.Workbook();
  await copy.xlsx.load(await book.xlsx.writeBuffer());
  return copy.getWorksheet('s').getRow(1).values;
};

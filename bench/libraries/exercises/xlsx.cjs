exports.late = 'code pages';
exports.packages = ['xlsx'];
exports.run = async () => {
  const XLSX = require('xlsx');
  const book = XLSX.read('a,b\n1,2', { type: 'string' });
  return XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]]);
};

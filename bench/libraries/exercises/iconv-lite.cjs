exports.late = 'encodings from data files';
exports.packages = ['iconv-lite'];
exports.run = async () => {
  const iconv = require('iconv-lite');
  return ['win1251', 'shift_jis', 'big5', 'gbk'].map((encoding) => iconv.encode('Дд 日本', encoding).toString('hex'));
};

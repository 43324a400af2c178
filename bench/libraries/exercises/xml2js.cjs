exports.late = '`sax` and a builder';
exports.packages = ['xml2js'];
exports.run = async () => {
  const xml2js = require('xml2js');
  return [
    await xml2js.parseStringPromise('<a b="1"><c>x</c></a>'),
    new xml2js.Builder({ headless: true }).buildObject({ a: 1 }),
  ];
};

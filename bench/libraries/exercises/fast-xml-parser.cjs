exports.late = 'several builds by condition';
exports.packages = ['fast-xml-parser'];
exports.run = async () => {
  const { XMLParser, XMLBuilder } = require('fast-xml-parser');
  const parsed = new XMLParser({ ignoreAttributes: false }).parse('<a b="1"><c>x&amp;y</c></a>');
  return [parsed, new XMLBuilder().build({ a: { c: 1 } })];
};

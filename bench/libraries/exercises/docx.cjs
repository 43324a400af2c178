exports.late = 'XML';
exports.packages = ['docx'];
exports.run = async () => {
  const { Document, Packer, Paragraph } = require('docx');
  return (await Packer.toBuffer(new Document({ sections: [{ children: [new Paragraph('hello')] }] })))
    .subarray(0, 2)
    .toString();
};

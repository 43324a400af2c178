exports.late = 'style maps';
exports.packages = ['mammoth', 'docx'];
exports.run = async () => {
  const { Document, Packer, Paragraph } = require('docx');
  const buffer = await Packer.toBuffer(new Document({ sections: [{ children: [new Paragraph('hello')] }] }));
  return (await require('mammoth').convertToHtml({ buffer })).value;
};

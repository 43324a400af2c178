exports.late = 'a CommonJS build or ES modules only';
exports.packages = ['isbinaryfile'];
exports.run = async () => {
  const { isBinaryFile } = await import('isbinaryfile');
  return [await isBinaryFile(Buffer.from('text')), await isBinaryFile(Buffer.from([0, 1, 2]))];
};

exports.late = 'ES modules only, conditions of exports';
exports.packages = ['file-type'];
exports.run = async () => {
  const { fileTypeFromBuffer } = await import('file-type');
  return await fileTypeFromBuffer(
    Buffer.from(
      '89504e470d0a1a0a0000000d494844520000000100000001010300000025db56ca00000003504c5445000000a77a3dda0000000174524e530040e6d8660000000a4944415408d76360000000020001e221bc330000000049454e44ae426082',
      'hex',
    ),
  );
};

exports.late = 'streams';
exports.packages = ['yauzl'];
exports.run = async () => {
  return await new Promise((resolve) =>
    require('yauzl').fromBuffer(Buffer.alloc(30), (error) => resolve(error.message)),
  );
};

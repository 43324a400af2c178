exports.late = 'its source is read as files and evaluated';
exports.packages = ['uglify-js'];
exports.run = async () => {
  return require('uglify-js').minify('function a(long) { return long + 1 }').code;
};

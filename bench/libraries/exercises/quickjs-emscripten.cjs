exports.late = 'WebAssembly variants by dynamic import';
exports.packages = ['quickjs-emscripten'];
exports.run = async () => {
  const { getQuickJS } = require('quickjs-emscripten');
  return (await getQuickJS()).evalCode('[1, 2].map((x) => x * 2)');
};

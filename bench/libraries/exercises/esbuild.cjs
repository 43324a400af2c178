exports.late = 'a binary package per platform, run as a program';
exports.packages = ['esbuild'];
exports.run = async () => {
  return (await require('esbuild').transform('let x: number = 1; export { x }', { loader: 'ts', minify: true })).code;
};

exports.late = 'presets and plugins by name';
exports.packages = ['@babel/core', '@babel/preset-env'];
exports.run = async () => {
  const babel = require('@babel/core');
  return babel.transformSync('const a = (x) => x ?? 1;', {
    presets: [[require.resolve('@babel/preset-env'), { targets: { ie: '11' } }]],
    configFile: false,
    babelrc: false,
  }).code;
};

exports.late = 'several builds by condition';
exports.packages = ['json5'];
exports.run = async () => {
  return require('json5').parse("{a: 'b', /* c */ d: +1,}");
};

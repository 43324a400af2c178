exports.late = 'a binary package per platform';
exports.packages = ['@resvg/resvg-js'];
exports.run = async () => {
  const { Resvg } = require('@resvg/resvg-js');
  const { width, height } = new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>').render();
  return [width, height];
};

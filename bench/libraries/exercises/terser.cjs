exports.late = 'domprops in a JSON file';
exports.packages = ['terser'];
exports.run = async () => {
  return (
    await require('terser').minify('function a(long) { return long.xyz_ + 1 } a({ xyz_: 1 })', {
      mangle: { properties: { regex: /_$/ } },
      toplevel: false,
    })
  ).code;
};

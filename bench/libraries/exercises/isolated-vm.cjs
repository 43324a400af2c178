exports.late = 'a prebuilt or compiled addon';
exports.packages = ['isolated-vm'];
exports.run = async () => {
  const ivm = require('isolated-vm');
  return await new ivm.Isolate({ memoryLimit: 16 }).createContextSync().eval('1 + 1');
};

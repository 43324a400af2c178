exports.late = 'scripts that are read as files';
exports.packages = ['vm2'];
exports.run = async () => {
  const { VM, NodeVM } = require('vm2');
  return [
    new VM().run('1 + 1'),
    new NodeVM({ require: { builtin: ['path'] } }).run('module.exports = require("path").basename("/a/b")'),
  ];
};

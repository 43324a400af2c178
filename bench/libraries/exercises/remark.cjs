exports.late = 'ES modules only';
exports.packages = ['remark'];
exports.run = async () => {
  return String(await (await import('remark')).remark().process('* a'));
};

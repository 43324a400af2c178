exports.late = 'locales in JSON files';
exports.packages = ['yargs'];
exports.run = async () => {
  const yargs = require('yargs');
  const make = yargs.default ?? yargs;
  return await make([]).locale('de').option('x', { describe: 'X', type: 'boolean' }).scriptName('p').getHelp();
};

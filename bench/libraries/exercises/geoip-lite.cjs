exports.late = 'a database in data files';
exports.packages = ['geoip-lite'];
exports.run = async () => {
  return require('geoip-lite').lookup('8.8.8.8').country;
};

exports.late = 'fonts measured from a JSON file';
exports.packages = ['badge-maker'];
exports.run = async () => {
  return require('badge-maker').makeBadge({ label: 'a', message: 'b', color: 'green' });
};

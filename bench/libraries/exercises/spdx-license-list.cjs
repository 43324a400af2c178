exports.late = 'licence texts in JSON files, by name';
exports.packages = ['spdx-license-list'];
exports.run = async () => {
  return [require('spdx-license-list').MIT.name, require('spdx-license-list/licenses/MIT').licenseText.length];
};

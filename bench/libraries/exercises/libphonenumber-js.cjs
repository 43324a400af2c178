exports.late = 'metadata in JSON files';
exports.packages = ['libphonenumber-js'];
exports.run = async () => {
  return require('libphonenumber-js').parsePhoneNumber('+4930123456').formatInternational();
};

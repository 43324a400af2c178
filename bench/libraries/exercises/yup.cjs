exports.late = 'locales';
exports.packages = ['yup'];
exports.run = async () => {
  return await require('yup')
    .object({ a: require('yup').number().required() })
    .validate({ a: 'x' })
    .catch((error) => error.name);
};

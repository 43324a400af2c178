exports.late = 'presets by name';
exports.packages = ['cssnano', 'postcss'];
exports.run = async () => {
  const cssnano = require('cssnano');
  return (
    await require('postcss')([cssnano({ preset: 'default' })]).process('a { color: #ff0000; margin: 0px 0px }', {
      from: undefined,
    })
  ).css;
};

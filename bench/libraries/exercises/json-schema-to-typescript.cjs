exports.late = '`prettier` and its plugins';
exports.packages = ['json-schema-to-typescript'];
exports.run = async () => {
  return await require('json-schema-to-typescript').compile(
    { type: 'object', properties: { a: { type: 'string' } } },
    'A',
    { bannerComment: '' },
  );
};

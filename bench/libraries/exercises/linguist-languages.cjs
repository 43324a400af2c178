exports.late = 'a module for each language';
exports.packages = ['linguist-languages'];
exports.run = async () => {
  const languages = await import('linguist-languages');
  return [
    Object.keys(languages.default ?? languages).length > 500,
    (languages.TypeScript ?? languages.default.TypeScript).extensions,
  ];
};

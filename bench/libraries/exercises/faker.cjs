exports.late = 'locales';
exports.packages = ['@faker-js/faker'];
exports.run = async () => {
  const { fakerDE } = await import('@faker-js/faker');
  fakerDE.seed(1);
  return [fakerDE.person.fullName(), fakerDE.location.city()];
};

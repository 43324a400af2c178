exports.late = 'parsers';
exports.packages = ['cheerio'];
exports.run = async () => {
  return require('cheerio')
    .load('<ul><li>a<li>b</ul>')('li')
    .map((_, li) => li.children[0].data)
    .get();
};

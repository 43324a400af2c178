exports.late = 'a worker script and a style sheet beside the code';
exports.packages = ['jsdom'];
exports.run = async () => {
  const { JSDOM } = require('jsdom');
  const { window } = new JSDOM('<p style="color: red">x</p><script>document.title = "ran"</script>', {
    runScripts: 'dangerously',
  });
  return [window.document.title, window.getComputedStyle(window.document.querySelector('p')).display];
};

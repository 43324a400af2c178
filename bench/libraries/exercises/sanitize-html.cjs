exports.late = 'lists of tags';
exports.packages = ['sanitize-html'];
exports.run = async () => {
  return require('sanitize-html')('<p onclick="x()">a<script>b</script></p>');
};

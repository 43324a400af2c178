exports.late = 'names of emoji in a JSON file';
exports.packages = ['node-emoji'];
exports.run = async () => {
  return (await import('node-emoji')).get('heart');
};

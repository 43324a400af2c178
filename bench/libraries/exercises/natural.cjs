exports.late = 'word lists in JSON files';
exports.packages = ['natural'];
exports.run = async () => {
  const natural = require('natural');
  return [
    natural.PorterStemmer.stem('running'),
    new natural.SentimentAnalyzer('English', natural.PorterStemmer, 'afinn').getSentiment(['good', 'bad', 'love']),
  ];
};

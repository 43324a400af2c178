exports.late = 'a CommonJS build beside an ES one';
exports.packages = ['@langchain/core'];
exports.run = async () => {
  const { PromptTemplate } = require('@langchain/core/prompts');
  return await PromptTemplate.fromTemplate('a {b}').format({ b: 1 });
};

exports.late = 'WebAssembly beside the code';
exports.packages = ['source-map'];
exports.run = async () => {
  const { SourceMapConsumer, SourceMapGenerator } = require('source-map');
  const generator = new SourceMapGenerator({ file: 'a.js' });
  generator.addMapping({ generated: { line: 1, column: 0 }, original: { line: 5, column: 2 }, source: 'b.ts' });
  const consumer = await new SourceMapConsumer(generator.toJSON());
  const { line, source } = consumer.originalPositionFor({ line: 1, column: 0 });
  return [line, source];
};

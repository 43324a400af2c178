exports.late = 'WebAssembly found by `require.resolve`';
exports.packages = ['vscode-oniguruma'];
exports.run = async () => {
  const oniguruma = require('vscode-oniguruma');
  await oniguruma.loadWASM(
    require('node:fs').readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer,
  );
  return new oniguruma.OnigScanner(['b+']).findNextMatchSync('abbb', 0).captureIndices;
};

exports.late = 'library declarations beside the code';
exports.packages = ['typescript'];
exports.run = async () => {
  const ts = require('typescript');
  const { writeFileSync } = require('node:fs');
  writeFileSync('a.ts', 'export const a: Promise<number> = Promise.resolve("x");');
  const program = ts.createProgram(['a.ts'], { strict: true, target: ts.ScriptTarget.ES2022, types: [] });
  return ts.getPreEmitDiagnostics(program).map(({ code }) => code);
};

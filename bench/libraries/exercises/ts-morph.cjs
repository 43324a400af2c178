exports.late = 'library declarations beside the code';
exports.packages = ['ts-morph'];
exports.run = async () => {
  const { Project } = require('ts-morph');
  const project = new Project({ useInMemoryFileSystem: true });
  const file = project.createSourceFile('a.ts', 'export const a: string = [1].map((x) => x)[0];');
  return [
    file.getVariableDeclarationOrThrow('a').getType().getText(),
    project.getPreEmitDiagnostics().map((each) => each.getCode()),
  ];
};

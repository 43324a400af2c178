exports.late = 'tools by name';
exports.packages = ['@manypkg/get-packages'];
exports.run = async () => {
  const { getPackages } = require('@manypkg/get-packages');
  const { mkdirSync, writeFileSync } = require('node:fs');
  mkdirSync('packages/a', { recursive: true });
  writeFileSync('package.json', '{"name":"r","version":"1.0.0","workspaces":["packages/*"]}');
  writeFileSync('yarn.lock', '');
  writeFileSync('packages/a/package.json', '{"name":"a","version":"1.0.0"}');
  return (await getPackages(process.cwd())).packages.map(({ packageJson }) => packageJson.name);
};

exports.late = 'ES modules only, generators by name';
exports.packages = ['yeoman-environment'];
exports.run = async () => {
  const { createEnv } = await import('yeoman-environment');
  const env = createEnv({ skipInstall: true });
  return [typeof env.run, env.getGeneratorsMeta()];
};

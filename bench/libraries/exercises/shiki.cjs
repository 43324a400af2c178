exports.late = 'languages and themes by dynamic import';
exports.packages = ['shiki'];
exports.run = async () => {
  const { codeToHtml } = await import('shiki');
  return await codeToHtml('let a = 1', { lang: 'typescript', theme: 'github-dark' });
};

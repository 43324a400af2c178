exports.late = 'lists of event names';
exports.packages = ['@octokit/webhooks'];
exports.run = async () => {
  const { Webhooks, emitterEventNames } = await import('@octokit/webhooks');
  const webhooks = new Webhooks({ secret: 's' });
  return [emitterEventNames.length > 100, await webhooks.sign('{}')];
};

exports.late = 'generated models, `exec` plugins of credentials';
exports.packages = ['@kubernetes/client-node'];
exports.run = async () => {
  const k8s = await import('@kubernetes/client-node');
  const config = new k8s.KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: 'http://127.0.0.1:9' }],
    users: [{ name: 'u', token: 't' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return [
    config.makeApiClient(k8s.CoreV1Api).constructor.name,
    await config
      .makeApiClient(k8s.CoreV1Api)
      .listNamespace()
      .catch((error) => [error.name, error.code ?? error.cause?.code]),
  ];
};

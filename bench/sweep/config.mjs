/** The least app-config that the packages of the sweep demand; nothing behind it has to answer. */
export const CONFIG = {
  sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' },
  techdocs: { builder: 'external', generator: { runIn: 'local' }, publisher: { type: 'local' } },
  kubernetes: { serviceLocatorMethod: { type: 'multiTenant' }, clusterLocatorMethods: [] },
  jenkins: { baseUrl: 'http://jenkins.example.com', username: 'user', apiKey: 'key' },
  kafka: { clientId: 'portal', clusters: [] },
  argocd: {
    username: 'user',
    password: 'password',
    appLocatorMethods: [{ type: 'config', instances: [{ name: 'main', url: 'http://argocd.example.com' }] }],
  },
  mcpChat: { providers: [{ id: 'openai', token: 'token', model: 'gpt-4o-mini' }] },
  vault: { baseUrl: 'http://vault.example.com', token: 'token' },
  integrations: { gitlab: [{ host: 'gitlab.example.com', token: 'token' }] },
  auth: {
    environment: 'development',
    providers: { guest: {}, github: { development: { clientId: 'id', clientSecret: 'secret' } } },
  },
};

/** The least app-config that the packages of the sweep demand; nothing behind it has to answer. Secrets are words that occur nowhere else: logs and messages hide them. */
export const CONFIG = {
  sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key-of-sweep' },
  techdocs: { builder: 'external', generator: { runIn: 'local' }, publisher: { type: 'local' } },
  kubernetes: { serviceLocatorMethod: { type: 'multiTenant' }, clusterLocatorMethods: [] },
  jenkins: { baseUrl: 'http://jenkins.example.com', username: 'user', apiKey: 'key-of-sweep' },
  kafka: { clientId: 'portal', clusters: [] },
  argocd: {
    username: 'user',
    password: 'password-of-sweep',
    appLocatorMethods: [{ type: 'config', instances: [{ name: 'main', url: 'http://argocd.example.com' }] }],
  },
  mcpChat: { providers: [{ id: 'openai', token: 'token-of-sweep', model: 'gpt-4o-mini' }] },
  vault: { baseUrl: 'http://vault.example.com', auth: { type: 'static', secret: 'secret-of-sweep' } },
  integrations: { gitlab: [{ host: 'gitlab.com', token: 'token-of-sweep' }] },
  notifications: { processors: { email: { transportConfig: { transport: 'stream' }, sender: 'portal@example.com' } } },
  auth: {
    environment: 'development',
    providers: { guest: {}, github: { development: { clientId: 'id', clientSecret: 'secret-of-sweep' } } },
  },
};

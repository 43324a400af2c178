exports.late = 'ES modules only';
exports.packages = ['@keycloak/keycloak-admin-client'];
exports.run = async () => {
  const { default: KeycloakAdminClient } = await import('@keycloak/keycloak-admin-client');
  const client = new KeycloakAdminClient({ baseUrl: 'http://127.0.0.1:9', realmName: 'r' });
  return [
    typeof client.users.find,
    await client
      .auth({ grantType: 'client_credentials', clientId: 'c', clientSecret: 's' })
      .catch((error) => error.cause?.code ?? error.name),
  ];
};

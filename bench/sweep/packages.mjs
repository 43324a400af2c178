/** Packages below a prefix. */
const each = (prefix, names) => names.split(/\s+/).map((name) => prefix + name);

/** Published plugins and modules that run in a backend: plugins that people install most, of many owners and of every kind. */
export const BACKENDS = [
  ...each(
    '@backstage/plugin-',
    `catalog-backend scaffolder-backend techdocs-backend search-backend kubernetes-backend notifications-backend events-backend
    signals-backend devtools-backend user-settings-backend gateway-backend mcp-actions-backend
    permission-backend-module-allow-all-policy notifications-backend-module-email notifications-backend-module-slack`,
  ),
  ...each(
    '@backstage/plugin-auth-backend-module-',
    `atlassian-provider auth0-provider aws-alb-provider azure-easyauth-provider bitbucket-provider bitbucket-server-provider
    cloudflare-access-provider gcp-iap-provider github-provider gitlab-provider google-provider microsoft-provider oauth2-provider
    oauth2-proxy-provider oidc-provider okta-provider onelogin-provider openshift-provider pinniped-provider`,
  ),
  ...each(
    '@backstage/plugin-catalog-backend-module-',
    `aws backstage-openapi bitbucket-cloud bitbucket-server gcp gerrit gitea github github-org gitlab gitlab-org
    incremental-ingestion ldap logs msgraph openapi puppetdb scaffolder-entity-model unprocessed`,
  ),
  ...each(
    '@backstage/plugin-events-backend-module-',
    'aws-sqs azure bitbucket-cloud bitbucket-server gerrit github gitlab google-pubsub kafka',
  ),
  ...each(
    '@backstage/plugin-scaffolder-backend-module-',
    `azure bitbucket bitbucket-cloud bitbucket-server confluence-to-markdown cookiecutter gerrit gitea github gitlab notifications
    rails sentry yeoman`,
  ),
  ...each(
    '@backstage/plugin-search-backend-module-',
    'catalog elasticsearch explore pg stack-overflow-collator techdocs',
  ),
  ...each(
    '@backstage-community/plugin-',
    `3scale-backend adr-backend announcements-backend argocd-backend azure-devops-backend azure-sites-backend badges-backend
    bazaar-backend blackduck-backend catalog-backend-module-azure-devops-annotator-processor catalog-backend-module-keycloak
    catalog-backend-module-linguist-tags-processor catalog-backend-module-pingidentity
    catalog-backend-module-scaffolder-relation-processor code-coverage-backend copilot-backend entity-feedback-backend
    explore-backend feedback-backend jenkins-backend kafka-backend lighthouse-backend linguist-backend manage-backend matomo-backend
    mcp-chat-backend mend-backend npm-backend ocm-backend periskop-backend playlist-backend quay-backend rbac-backend
    redhat-argocd-backend report-portal-backend rollbar-backend scaffolder-backend-module-annotator
    scaffolder-backend-module-azure-devops scaffolder-backend-module-dotnet scaffolder-backend-module-jenkins
    scaffolder-backend-module-kubernetes scaffolder-backend-module-quay scaffolder-backend-module-regex
    scaffolder-backend-module-servicenow scaffolder-backend-module-sonarqube search-backend-module-announcements
    search-backend-module-confluence-collator search-backend-module-explore servicenow-backend sonarqube-backend
    tech-insights-backend tech-insights-backend-module-jsonfc tech-radar-backend todo-backend vault-backend`,
  ),
  '@backstage-community/search-backend-module-adr',
  ...each(
    '@roadiehq/',
    `backstage-plugin-argo-cd-backend catalog-backend-module-aws catalog-backend-module-okta plugin-wiz-backend rag-ai-backend
    scaffolder-backend-argocd scaffolder-backend-module-aws scaffolder-backend-module-http-request scaffolder-backend-module-utils`,
  ),
  ...each(
    '@red-hat-developer-hub/backstage-plugin-',
    `adoption-insights-backend bulk-import-backend catalog-backend-module-extensions extensions-backend orchestrator-backend
    scaffolder-backend-module-orchestrator translations-backend`,
  ),
  ...each(
    '@aws/',
    `amazon-ecs-plugin-for-backstage-backend aws-codebuild-plugin-for-backstage-backend aws-codepipeline-plugin-for-backstage-backend
    cost-insights-plugin-for-backstage-backend genai-plugin-for-backstage-backend`,
  ),
  '@axis-backstage/plugin-jira-dashboard-backend',
  '@axis-backstage/plugin-readme-backend',
  '@bestsellerit/backstage-plugin-harbor-backend',
  '@coder/backstage-plugin-devcontainers-backend',
  '@drodil/backstage-plugin-qeta-backend',
  '@drodil/backstage-plugin-search-backend-module-qeta',
  '@drodil/backstage-plugin-toolbox-backend-module-whois',
  '@dweber019/backstage-plugin-api-docs-module-wsdl-backend',
  '@dweber019/backstage-plugin-endoflife-backend',
  '@dweber019/backstage-plugin-relations-backend',
  '@dynatrace/backstage-plugin-dql-backend',
  '@get-dx/backstage-backend-plugin',
  '@globallogicuki/backstage-plugin-terraform-backend',
  '@humanitec/backstage-plugin-backend',
  '@immobiliarelabs/backstage-plugin-gitlab-backend',
  '@immobiliarelabs/backstage-plugin-ldap-auth-backend',
  '@janus-idp/backstage-plugin-keycloak-backend',
  '@janus-idp/backstage-plugin-rbac-backend',
  '@pagerduty/backstage-plugin-backend',
  '@parfuemerie-douglas/scaffolder-backend-module-azure-pipelines',
  '@parfuemerie-douglas/scaffolder-backend-module-azure-repositories',
  '@procore-oss/backstage-plugin-announcements-backend',
  '@rafaysystems/backstage-plugin-rafay-backend',
  '@sanity-labs/backstage-plugin-trivy-backend',
  '@seatgeek/backstage-plugin-scaffolder-backend-module-hcl',
  '@seatgeek/backstage-plugin-slack-catalog-backend',
  '@segment/backstage-plugin-proxy-sigv4-backend',
  '@spacelift-io/backstage-integration-backend',
  '@tduniec/backstage-plugin-time-saver-backend',
  '@terasky/backstage-plugin-catalog-mcp-backend',
  '@terasky/backstage-plugin-crossplane-resources-backend',
  '@terasky/backstage-plugin-kubernetes-ingestor',
  '@terasky/backstage-plugin-scaffolder-backend-module-terasky-utils',
];

/** Published plugins that run in the browser. */
export const FRONTENDS = [
  ...each(
    '@backstage/plugin-',
    `api-docs app-visualizer auth catalog catalog-graph catalog-import catalog-unprocessed-entities devtools home kubernetes
    notifications org scaffolder search signals techdocs techdocs-module-addons-contrib user-settings`,
  ),
  ...each(
    '@backstage-community/plugin-',
    `allure argocd azure-devops github-actions grafana jenkins jfrog-artifactory kafka nexus-repository-manager quay rbac
    redhat-argocd sentry sonarqube tech-radar tekton vault`,
  ),
  '@immobiliarelabs/backstage-plugin-gitlab',
  '@red-hat-developer-hub/backstage-plugin-adoption-insights',
  '@red-hat-developer-hub/backstage-plugin-global-header',
  '@red-hat-developer-hub/backstage-plugin-quickstart',
  '@roadiehq/backstage-plugin-argo-cd',
  '@roadiehq/backstage-plugin-buildkite',
  '@roadiehq/backstage-plugin-github-insights',
  '@roadiehq/backstage-plugin-github-pull-requests',
  '@roadiehq/backstage-plugin-prometheus',
  '@roadiehq/backstage-plugin-security-insights',
  '@roadiehq/backstage-plugin-travis-ci',
];

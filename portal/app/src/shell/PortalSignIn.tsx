import { ProxiedSignInPage, SignInPage } from '@backstage/core-components';
import {
  configApiRef,
  githubAuthApiRef,
  gitlabAuthApiRef,
  googleAuthApiRef,
  microsoftAuthApiRef,
  oktaAuthApiRef,
  useApi,
} from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { Alert, Container } from '@backstage/ui';

const PROVIDERS = {
  github: { title: 'GitHub', apiRef: githubAuthApiRef },
  gitlab: { title: 'GitLab', apiRef: gitlabAuthApiRef },
  google: { title: 'Google', apiRef: googleAuthApiRef },
  microsoft: { title: 'Microsoft', apiRef: microsoftAuthApiRef },
  okta: { title: 'Okta', apiRef: oktaAuthApiRef },
};

/** Offers the identity providers in `app.signIn`; where only guests are let in, everybody is one at once. */
export function PortalSignIn(props: SignInPageProps) {
  const wanted = useApi(configApiRef).getOptionalStringArray('app.signIn') ?? [];
  const providers = Object.entries(PROVIDERS)
    .filter(([id]) => wanted.includes(id))
    .map(([id, { title, apiRef }]) => ({ id, title, apiRef, message: `Sign in with ${title}` }));
  const guests = wanted.includes('guest');
  if (guests && providers.length === 0) return <ProxiedSignInPage {...props} provider="guest" />;
  if (providers.length === 0) {
    const known = Object.keys(PROVIDERS).join(', ');
    return (
      <Container py="6">
        <Alert
          status="warning"
          icon
          role="alert"
          title="Nobody can sign in yet"
          description={`List identity providers in app.signIn (${known}), and configure them below auth.providers.`}
        />
      </Container>
    );
  }
  return <SignInPage {...props} providers={guests ? ['guest', ...providers] : providers} />;
}

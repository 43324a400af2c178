import { Container, Text } from '@backstage/ui';
import { configApiRef, discoveryApiRef, fetchApiRef, useApi } from '@backstage/frontend-plugin-api';
import { BUNDLED_CODE, BUNDLED_CONFIG, listThings, ping } from './callBundled';
import { CallCard } from './CallCard';
import { callDirectly, DIRECT_CODE, DIRECT_CONFIG } from './callDirectly';
import { callProxy, PROXY_CODE, PROXY_CONFIG } from './callProxy';
import './showcase.css';

/** The three ways to talk to a backend, each with its code, its configuration and a live call. */
export function ShowcasePage() {
  const discovery = useApi(discoveryApiRef);
  const fetchApi = useApi(fetchApiRef);
  const service = useApi(configApiRef).getOptionalString('app.serviceUrl');
  return (
    <Container className="sc-page">
      <Text as="h1" variant="title-medium">
        Three ways to talk to a backend
      </Text>
      <div className="sc-cards">
        <CallCard
          title="Through the proxy"
          code={PROXY_CODE}
          config={PROXY_CONFIG}
          calls={[{ label: 'Call through the proxy', run: () => callProxy(discovery, fetchApi) }]}
        >
          For an HTTP service that exists and needs no code in the portal. The portal asks for a session, keeps it to
          itself, and lets only listed headers pass.
        </CallCard>
        <CallCard
          title="A bundled backend"
          code={BUNDLED_CODE}
          config={BUNDLED_CONFIG}
          calls={[
            { label: 'Ping the bundled backend', run: () => ping(discovery) },
            { label: 'Call with my session', run: () => listThings(discovery, fetchApi) },
            { label: 'Call without a session', run: () => listThings(discovery, window) },
          ]}
        >
          For logic, a database, scheduled work. The plugin is a bundle, loaded while the portal runs; everything needs
          a session unless the plugin opened it.
        </CallCard>
        <CallCard
          title="A direct call"
          code={DIRECT_CODE}
          config={DIRECT_CONFIG}
          calls={service === undefined ? [] : directCalls(service)}
        >
          For a service that browsers may call anyway. The portal must let its pages call it, and the service must let
          those pages read its answers.
          {service === undefined && ' This portal names no service in app.serviceUrl.'}
        </CallCard>
      </div>
    </Container>
  );
}

/** One call that works, and the two usual failures: the other name of the same host is not among the allowed origins. */
function directCalls(service: string) {
  const unlisted = new URL(service);
  unlisted.hostname = unlisted.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return [
    { label: 'Call directly', run: () => callDirectly(`${service}/things`) },
    { label: 'Where CORS is missing', run: () => callDirectly(`${service}/without-cors`) },
    { label: 'Where CSP forbids it', run: () => callDirectly(`${unlisted.origin}/things`) },
  ];
}

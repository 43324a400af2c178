import { configApiRef, identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { Card, CardBody, CardHeader, Container, Text } from '@backstage/ui';
import { useEffect, useState } from 'react';

/** The page at `/__pluginId__`. */
export function Page() {
  const config = useApi(configApiRef);
  const identity = useApi(identityApiRef);
  const [user, setUser] = useState('…');

  useEffect(() => {
    identity.getBackstageIdentity().then(
      ({ userEntityRef }) => setUser(userEntityRef),
      (error: Error) => setUser(`nobody that the portal knows. ${error.message}`),
    );
  }, [identity]);

  return (
    <Container>
      <Card>
        <CardHeader>
          <Text as="h2" variant="title-small">
            {config.getOptionalString('__camelId__.heading') ?? '__title__'}
          </Text>
        </CardHeader>
        <CardBody>
          <Text>You are {user}</Text>
        </CardBody>
      </Card>
    </Container>
  );
}

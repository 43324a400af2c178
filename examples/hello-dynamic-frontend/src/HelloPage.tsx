import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import { Button, Card, CardBody, CardFooter, CardHeader, Container, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
import { version } from '../package.json';
import { useHello } from './useHello';

interface Ping {
  message: string;
  version: string;
}

interface Me {
  userEntityRef: string;
}

/** The page at `/hello`. */
export function HelloPage() {
  const config = useApi(configApiRef);
  const hello = useHello();
  const [answer, setAnswer] = useState<string>();

  async function ask(question: () => Promise<string>) {
    setAnswer('…');
    setAnswer(await question().catch((error: Error) => `It did not work. ${error.message}`));
  }

  const ping = async () => {
    const { message, version: backend } = await hello<Ping>('ping');
    return `${message} (backend ${backend})`;
  };
  const me = async () => `You are ${(await hello<Me>('me')).userEntityRef}.`;

  return (
    <Container>
      <Card>
        <CardHeader>
          <Text as="h2" variant="title-small">
            {config.getOptionalString('hello.heading') ?? 'Hello'}
          </Text>
        </CardHeader>
        <CardBody>
          <Flex direction="column" gap="3">
            <Text>This page is a dynamic plugin, version {version}. Its backend is one, too.</Text>
            <Flex gap="2">
              <Button onPress={() => void ask(ping)}>Ping the backend</Button>
              <Button variant="secondary" onPress={() => void ask(me)}>
                Who am I?
              </Button>
            </Flex>
          </Flex>
        </CardBody>
        <CardFooter>
          <output aria-live="polite">{answer}</output>
        </CardFooter>
      </Card>
    </Container>
  );
}

import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import { Button, Card, CardBody, CardFooter, CardHeader, Container, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
import { useBackend } from './useBackend';

/** The page at `/__pluginId__`. */
export function Page() {
  const config = useApi(configApiRef);
  const backend = useBackend();
  const [answer, setAnswer] = useState<string>();

  async function ask(question: () => Promise<string>) {
    setAnswer('…');
    setAnswer(await question().catch((error: Error) => `It did not work. ${error.message}`));
  }

  const ping = async () => (await backend<{ message: string }>('ping')).message;
  const me = async () => `You are ${(await backend<{ user: string }>('me')).user}`;

  return (
    <Container>
      <Card>
        <CardHeader>
          <Text as="h2" variant="title-small">
            {config.getOptionalString('__camelId__.heading') ?? '__title__'}
          </Text>
        </CardHeader>
        <CardBody>
          <Flex gap="2">
            <Button onPress={() => void ask(ping)}>Ping the backend</Button>
            <Button variant="secondary" onPress={() => void ask(me)}>
              Who am I?
            </Button>
          </Flex>
        </CardBody>
        <CardFooter>
          <output aria-live="polite">{answer}</output>
        </CardFooter>
      </Card>
    </Container>
  );
}

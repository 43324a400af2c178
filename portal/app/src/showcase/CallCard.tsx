import { Button, Card, CardBody, CardHeader, Text } from '@backstage/ui';
import { useState, type ReactNode } from 'react';
import type { Answer } from './answer';

/** A call that a card can make. */
export interface Call {
  label: string;
  run(): Promise<Answer>;
}

interface CallCardProps {
  title: string;
  /** When it is the right way. */
  children: ReactNode;
  code: string;
  config: string;
  calls: Call[];
}

/** One way to talk to a backend: its code, what has to be configured, and the call itself. */
export function CallCard({ title, children, code, config, calls }: CallCardProps) {
  const [pending, setPending] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const call = async ({ run }: Call) => {
    setPending(true);
    setAnswer(await run().catch((error: unknown) => ({ ok: false, status: String(error), notes: [] })));
    setPending(false);
  };
  return (
    <Card className="sc-card">
      <CardHeader>
        <Text as="h2" variant="title-small">
          {title}
        </Text>
      </CardHeader>
      <CardBody>
        <p>{children}</p>
        <h3>In the page</h3>
        <pre tabIndex={0}>{code}</pre>
        <h3>What each side configures</h3>
        <pre tabIndex={0}>{config}</pre>
        <div className="sc-calls">
          {calls.map((candidate, index) => (
            <Button
              key={candidate.label}
              variant={index === 0 ? 'primary' : 'secondary'}
              isDisabled={pending}
              onPress={() => void call(candidate)}
            >
              {candidate.label}
            </Button>
          ))}
        </div>
        <div role="status" aria-label={`Answer: ${title}`} aria-busy={pending}>
          {answer && <Told answer={answer} />}
        </div>
      </CardBody>
    </Card>
  );
}

function Told({ answer: { ok, status, notes, body } }: { answer: Answer }) {
  return (
    <div className={ok ? 'sc-answer' : 'sc-answer sc-failed'}>
      <strong>{status}</strong>
      {notes.length > 0 && (
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {body && <pre tabIndex={0}>{body}</pre>}
    </div>
  );
}

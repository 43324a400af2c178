import { Button } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import { adminApiRef } from '../api/AdminClient';
import type { OperationKind, Permitted, Plugin } from '../api/types';
import { Confirmation } from './Confirmation';
import { Denied } from './Denied';
import { OutcomeAlert } from './OutcomeAlert';
import { useOperation } from './useOperation';

type Kind = Exclude<OperationKind, 'upload'>;

const ACTIONS: Record<Kind, { label: string; explain(plugin: Plugin): string; done: string }> = {
  reload: {
    label: 'Reload',
    explain: () => 'It is started anew beside the one that serves, which goes on until the new one is ready.',
    done: 'was reloaded',
  },
  disable: {
    label: 'Disable',
    explain: () => 'Its requests end, its routes answer 404, and it stays away until somebody enables it.',
    done: 'is disabled',
  },
  enable: { label: 'Enable', explain: () => 'It is started from its drop.', done: 'is enabled' },
  rollback: {
    label: 'Roll back',
    explain: ({ generations }) =>
      `${previousOf(generations)?.version ?? 'The build before'} is started again and stays until the drop changes.`,
    done: 'was rolled back',
  },
};

/** What can be done with a plugin in its state: each asks first, and says how it went. Disabled for users who may not. */
export function Actions({ plugin, permitted }: { plugin: Plugin; permitted: Permitted }) {
  const client = useApi(adminApiRef);
  const [asked, setAsked] = useState<Kind>();
  const { pending, outcome, run } = useOperation();
  const offered: Kind[] =
    plugin.state === 'disabled'
      ? ['enable']
      : ['reload', 'disable', ...(previousOf(plugin.generations) ? (['rollback'] as const) : [])];
  const confirmed = () => {
    if (asked) run(() => client.operate(asked, plugin.name), `${plugin.name} ${ACTIONS[asked].done}.`);
    setAsked(undefined);
  };
  return (
    <>
      <div className="sd-actions" role="group" aria-label="Actions">
        {offered.map((kind) => (
          <Button
            key={kind}
            variant="secondary"
            isDisabled={pending || !permitted.allowed}
            onPress={() => setAsked(kind)}
          >
            {ACTIONS[kind].label}
          </Button>
        ))}
      </div>
      <Denied permitted={permitted} />
      <OutcomeAlert pending={pending} outcome={outcome} />
      {asked && (
        <Confirmation
          title={`${ACTIONS[asked].label} ${plugin.name}?`}
          action={ACTIONS[asked].label}
          onConfirm={confirmed}
          onCancel={() => setAsked(undefined)}
        >
          {ACTIONS[asked].explain(plugin)}
        </Confirmation>
      )}
    </>
  );
}

function previousOf(generations: Plugin['generations']) {
  return generations?.find(({ role }) => role === 'previous');
}

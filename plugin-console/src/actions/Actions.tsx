import { Button } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import { adminApiRef } from '../api/adminApiRef';
import type { OperationKind, Permitted, Plugin } from '../api/types';
import { useText } from '../translation';
import { Confirmation } from './Confirmation';
import { Denied } from './Denied';
import { OutcomeAlert } from './OutcomeAlert';
import { useOperation } from './useOperation';

type Kind = Exclude<OperationKind, 'upload' | 'remove'>;

/**
 * The actions for a plugin in its state: each asks for confirmation and reports its result. Disabled for users without
 * permission.
 */
export function Actions({ plugin, permitted }: { plugin: Plugin; permitted: Permitted }) {
  const t = useText();
  const client = useApi(adminApiRef);
  const [asked, setAsked] = useState<Kind>();
  const { pending, outcome, run } = useOperation();
  const offered: Kind[] =
    plugin.state === 'disabled'
      ? ['enable']
      : ['reload', 'disable', ...(previousOf(plugin.generations) ? (['rollback'] as const) : [])];
  const labelOf = (kind: Kind): string => {
    const to = previousOf(plugin.generations);
    if (kind !== 'rollback' || !to) return t(`action.${kind}.label`);
    const forth = plugin.summary.onDisk?.digest === to.digest;
    return t(forth ? 'action.rollback.forth' : 'action.rollback.back', { version: to.version });
  };
  const confirmed = () => {
    if (asked) run(() => client.operate(asked, plugin.name), t(`action.${asked}.done`, { name: plugin.name }));
    setAsked(undefined);
  };
  return (
    <>
      <div className="sd-actions" role="group" aria-label={t('action.group')}>
        {offered.map((kind) => (
          <Button
            key={kind}
            variant="secondary"
            isDisabled={pending || !permitted.allowed}
            onPress={() => setAsked(kind)}
          >
            {labelOf(kind)}
          </Button>
        ))}
      </div>
      <Denied permitted={permitted} />
      <OutcomeAlert pending={pending} outcome={outcome} />
      {asked && (
        <Confirmation
          title={t('action.ask', { action: labelOf(asked), name: plugin.name })}
          action={labelOf(asked)}
          onConfirm={confirmed}
          onCancel={() => setAsked(undefined)}
        >
          {asked === 'rollback'
            ? t('action.rollback.explain', {
                version: previousOf(plugin.generations)?.version ?? t('action.rollback.before'),
              })
            : t(`action.${asked}.explain`)}
        </Confirmation>
      )}
    </>
  );
}

function previousOf(generations: Plugin['generations']) {
  return generations?.find(({ role }) => role === 'previous');
}

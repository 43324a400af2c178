import { Alert } from '@backstage/ui';
import type { Plugin, Summary } from '../api/types';
import { FaultAlert } from '../FaultAlert';
import { useText } from '../translation';

const STATUS = { good: 'success', busy: 'info', neutral: 'info', warning: 'warning', bad: 'danger' } as const;

/** What runs, what does not and why, and what a restart of the portal does; what is disabled is not an error. */
export function SummaryNotice({ plugin: { summary, hint, code } }: { plugin: Plugin }) {
  const { state, tone, message, refused } = summary;
  if (state === 'running') return null;
  if (tone === 'bad' || state === 'update-failed') {
    const fault = { code: refused?.code ?? code, message, hint: refused?.hint ?? hint };
    return <FaultAlert fault={fault} status={tone === 'bad' ? 'danger' : 'warning'} />;
  }
  return <Alert status={STATUS[tone]} icon role="status" title={<Title state={state} />} description={message} />;
}

function Title({ state }: Pick<Summary, 'state'>) {
  const t = useText();
  return <>{t(`state.${state}`)}</>;
}

import type { Plugin } from '../api/types';
import { useText } from '../translation';
import { Digest } from './Facts';

/** The builds of a plugin that are there. */
export function Generations({ generations = [] }: Pick<Plugin, 'generations'>) {
  const t = useText();
  if (generations.length === 0) return <p>{t('generation.none')}</p>;
  return (
    <ul className="sd-plain">
      {generations.map(({ version, digest, role }) => (
        <li key={`${role} ${digest}`}>
          <strong>{version}</strong> {t(`generation.${role}`)} <Digest digest={digest} />
        </li>
      ))}
    </ul>
  );
}

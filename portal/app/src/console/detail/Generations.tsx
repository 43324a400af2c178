import type { Plugin } from '../api/types';
import { Digest } from './Facts';

const ROLES = { serving: 'serves', draining: 'finishes its requests', previous: 'comes back with a rollback' };

/** The builds of a plugin that are there. */
export function Generations({ generations = [] }: Pick<Plugin, 'generations'>) {
  if (generations.length === 0) return <p>None has served yet.</p>;
  return (
    <ul className="sd-plain">
      {generations.map(({ version, digest, role }) => (
        <li key={`${role} ${digest}`}>
          <strong>{version}</strong> {ROLES[role]} <Digest digest={digest} />
        </li>
      ))}
    </ul>
  );
}

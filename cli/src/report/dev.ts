import { basename } from 'node:path';
import type { DevEvent } from '../dev/options';
import type { Reporter } from './reporter';
import { formatBytes } from './size';

/** Reports the events of `stagedoor dev`. */
export function reportDevEvent(reporter: Reporter): (event: DevEvent) => void {
  return (event) => {
    switch (event.event) {
      case 'built': {
        const { result, drop, durationMs } = event;
        const { name, version, bytes, warnings } = result;
        const line = `built     ${name} ${version}, ${formatBytes(bytes)} in ${durationMs} ms: ${basename(drop)}`;
        return reporter.done([...warnings.map((warning) => `warning: ${warning}`), line], event);
      }
      case 'failed':
        reporter.progress(`failed    ${event.package}: the last good build keeps running`);
        return reporter.failed(event.error);
      case 'unverified':
        reporter.progress(`failed    ${basename(event.drop)} does not start on the test host`);
        return reporter.failed(event.error);
      case 'watching':
        return reporter.done([`watching  ${event.packages.join(', ')}; Ctrl-C to stop`], event);
    }
  };
}

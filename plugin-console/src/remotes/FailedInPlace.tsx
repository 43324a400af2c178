import { Alert } from '@backstage/ui';
import { RiErrorWarningLine } from '@remixicon/react';
import { Component, type ReactNode } from 'react';
import { messageOf } from './loadRemote';
import { noteFailure } from './pageRemotes';

/** Where a part of a remote is shown. */
export interface PartOfRemote {
  packageName: string;
  /** Id of its extension. */
  extension: string;
  /** There is room for a sign only. */
  icon?: boolean;
}

/** What is noted of an extension that threw. */
export function failureOf({ extension }: PartOfRemote, error: unknown): string {
  return `Its extension ${extension} failed: ${messageOf(error)}`;
}

/** Stands where an extension of a remote was to be, and says that it failed. */
export function FailedInPlace({ part, error }: { part: PartOfRemote; error: unknown }) {
  const text = `${part.packageName}: ${failureOf(part, error)}`;
  if (!part.icon) return <Alert status="danger" icon role="alert" description={text} />;
  return (
    <span role="img" aria-label={text} title={text}>
      <RiErrorWarningLine aria-hidden />
    </span>
  );
}

/** Keeps what a part of a remote throws while it is shown from whatever is around it. */
export class Guard extends Component<{ part: PartOfRemote; children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    const { part } = this.props;
    noteFailure(part.packageName, failureOf(part, error));
  }

  override render(): ReactNode {
    if (!('error' in this.state)) return this.props.children;
    return <FailedInPlace part={this.props.part} error={this.state.error} />;
  }
}

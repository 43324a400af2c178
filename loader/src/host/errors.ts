import { StagedoorError } from '@stagedoor/bundle';

/** An installed copy of a package. */
export interface Copy {
  version: string;
  /** Its folder, links resolved. */
  dir: string;
}

export function hostCopyNested(name: string, used: Copy, other: Copy): StagedoorError {
  const [loader, backend] = [used, other].map(({ version, dir }) => `${version} in ${dir}`);
  return new StagedoorError(
    'HOST_COPY_NESTED',
    `${name} is installed twice: @stagedoor/loader uses ${loader}, the backend uses ${backend}.`,
  );
}

export function hostServiceChanged(serviceId: string, dependencies: readonly string[]): StagedoorError {
  return new StagedoorError(
    'HOST_SERVICE_CHANGED',
    `The installed factory of '${serviceId}' depends on further services: ${dependencies.join(', ')}.`,
  );
}

export function rootRouterRefused(who: string): StagedoorError {
  return new StagedoorError(
    'ROOT_ROUTE_REFUSED',
    `${who} depends on the root HTTP router, which dynamic plugins may not use.`,
  );
}

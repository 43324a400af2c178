import {
  pullImage,
  pushImage,
  type PulledImage,
  type PullOptions,
  type PushedImage,
  type PushOptions,
} from '@stagedoor/cli/api';
import { isStagedoorError } from '@stagedoor/bundle';

/** What the built library makes of `bundles`, relative to `cwd`. A process for each push takes most of a test's time. */
export async function push(
  cwd: string,
  bundles: readonly string[],
  image: string,
  options: Partial<PushOptions> = {},
): Promise<PushedImage> {
  return await pushImage({ cwd, bundles, image, ...options });
}

/** As {@link push}, the other way: into `<cwd>/<out>`. */
export async function pull(
  cwd: string,
  image: string,
  out = '.',
  options: Partial<PullOptions> = {},
): Promise<PulledImage> {
  return await pullImage({ cwd, image, out, ...options });
}

/** The code of what a promise is rejected with, which must be a StagedoorError; `done` where it is not rejected. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    return error.code;
  }
}

import { StagedoorError } from '@stagedoor/bundle';

export function noTerminal(): StagedoorError {
  return new StagedoorError('USAGE', 'The plugin is not named, and there is no terminal to ask on.', {
    hint: 'Name the plugin: --id <plugin id>.',
  });
}

export function explainInWorkspace(): StagedoorError {
  return new StagedoorError('USAGE', '--explain takes a single plugin; this is the root of a workspace.');
}

export function explainsSeveral(): StagedoorError {
  return new StagedoorError('USAGE', '--explain takes one package, or none to explain all.');
}

export function explainsPath(path: string): StagedoorError {
  return new StagedoorError('USAGE', `--explain takes the name of a package; ${path} is a path.`, {
    hint: `Put the folder first, or use an equals sign: stagedoor export ${path} --explain`,
  });
}

export function signatureNeedsKey(): StagedoorError {
  return new StagedoorError('USAGE', '--require-signature and --key must be used together.');
}

export function givenTwice(option: string): StagedoorError {
  return new StagedoorError('USAGE', `--${option} is given more than once.`);
}

export function exclusiveOptions(one: string, other: string): StagedoorError {
  return new StagedoorError('USAGE', `${one} and ${other} cannot be used together.`);
}

export function pushNeedsBundles(): StagedoorError {
  return new StagedoorError('USAGE', 'push takes one or more bundles, followed by the target image.', {
    hint: 'For example: stagedoor push ./dist-dynamic oci://quay.io/acme/todo:1.2.0',
  });
}

export function jobsInvalid(): StagedoorError {
  return new StagedoorError('USAGE', '--jobs takes a positive integer.');
}

export function tailInvalid(): StagedoorError {
  return new StagedoorError('USAGE', '--tail takes a whole number of lines.');
}

export function timeoutInvalid(): StagedoorError {
  return new StagedoorError('USAGE', '--timeout takes a positive number of seconds.');
}

export function filterOutsideWorkspace(): StagedoorError {
  return new StagedoorError('USAGE', '--filter selects packages of a workspace; this folder is not the root of one.', {
    hint: 'Run it in the folder whose package.json has "workspaces", or that contains pnpm-workspace.yaml.',
  });
}

/** `message` is what yargs says about the arguments. */
export function argumentsInvalid(message: string, hint: string): StagedoorError {
  return new StagedoorError('USAGE', message, { hint });
}

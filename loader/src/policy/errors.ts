import { StagedoorError } from '@stagedoor/bundle';

export function downgradeRefused(name: string, version: string, newest: string): StagedoorError {
  return new StagedoorError('DOWNGRADE_REFUSED', `${name}@${version} is older than ${newest}, which has served.`, {
    details: { version, newest },
  });
}

export function packageDenied(title: string, rule: string): StagedoorError {
  return new StagedoorError('PACKAGE_DENIED', `${title} is denied by the rule ${rule}.`);
}

export function packageNotAllowed(title: string): StagedoorError {
  return new StagedoorError('PACKAGE_DENIED', `${title} is not listed in dynamicPlugins.packages.allow.`);
}

export function replacementRefused(message: string, serviceId: string): StagedoorError {
  return new StagedoorError('SERVICE_REPLACEMENT_REFUSED', message, {
    hint: `Remove the service factory from the plugin, or list '${serviceId}' under dynamicPlugins.services.`,
  });
}

export function rootRouteRefused(message: string, pluginId: string): StagedoorError {
  return new StagedoorError('ROOT_ROUTE_REFUSED', message, {
    hint: `Serve it with coreServices.httpRouter, or list it under dynamicPlugins.auth.rootRoutes.${pluginId}.`,
  });
}

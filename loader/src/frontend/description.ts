import { REMOTES_PATH } from './remote';

/** Description of this API, for tools that collect descriptions. */
export const DESCRIPTION = {
  openapi: '3.1.0',
  info: { title: '.backstage/dynamic-features', version: '1' },
  paths: {
    [`${REMOTES_PATH}/remotes`]: {
      get: {
        operationId: 'GetRemotes',
        responses: {
          '200': {
            description: 'The Module Federation remotes of this backend',
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Remote' } } },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Remote: {
        type: 'object',
        required: ['packageName', 'remoteInfo', 'exposedModules'],
        properties: {
          packageName: { type: 'string' },
          exposedModules: { type: 'array', items: { type: 'string' } },
          version: { type: 'string' },
          digest: { type: 'string' },
          config: { type: 'object' },
          remoteInfo: {
            type: 'object',
            required: ['name', 'entry'],
            properties: Object.fromEntries(
              ['name', 'entry', 'entryGlobalName', 'shareScope', 'type'].map((name) => [name, { type: 'string' }]),
            ),
          },
        },
      },
    },
  },
};

// The plugin that every exercise is exported in: its route gives the answer of the exercise, which lies beside it.
const { coreServices, createBackendPlugin } = require('@backstage/backend-plugin-api');
const exercise = require('./exercise.cjs');
const { pluginId } = require('../package.json').backstage;

exports.default = createBackendPlugin({
  pluginId,
  register(env) {
    env.registerInit({
      deps: { http: coreServices.httpRouter },
      async init({ http }) {
        http.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        http.use(async (_request, response) => {
          response.json(await answer());
        });
      },
    });
  },
});

/** What the exercise gives, or the error that it throws. */
async function answer() {
  try {
    return { value: (await exercise.run()) ?? null };
  } catch (error) {
    return { error: [error.name, error.code, error.message?.split('\n')[0]].filter(Boolean).join(' ') };
  }
}
exports.answer = answer;

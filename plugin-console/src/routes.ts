import { createRouteRef } from '@backstage/frontend-plugin-api';

/** Where the console is: `/plugins`, unless the app's config says otherwise. */
export const rootRouteRef = createRouteRef();

import { createContext } from 'react';

/** How many remotes the app that is shown is made of. */
export const RemotesInApp = createContext(0);

import '@backstage/ui/css/styles.css';
import { Progress } from '@backstage/core-components';
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { loadPortal } from './start/loadPortal';

const App = lazy(loadPortal);

createRoot(document.getElementById('root')!).render(
  <Suspense fallback={<Progress />}>
    <App />
  </Suspense>,
);

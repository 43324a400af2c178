import '@backstage/ui/css/styles.css';
import { createApp } from '@backstage/frontend-defaults';
import { createRoot } from 'react-dom/client';
import { features } from './features';

const app = createApp({ features });

createRoot(document.getElementById('root')!).render(app.createRoot());

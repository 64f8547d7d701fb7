import './ui/theme.css';
import { version } from '../package.json';
import { createClient, optionsFromUrl } from './client/index.ts';
import { allowOwnScripts, createPwaState, ensureIsolated } from './pwa/index.ts';
import { createStorage } from './storage/index.ts';
import { mountApp } from './ui/mount-app.ts';

declare global {
  interface Window {
    switchyard: ReturnType<typeof createClient>;
  }
}

allowOwnScripts();
const enabled = import.meta.env.PROD;
if ((await ensureIsolated({ enabled })) !== 'reloading') {
  const client = createClient(optionsFromUrl(location.search));
  window.switchyard = client;
  const target = document.querySelector<HTMLElement>('#app');
  if (target)
    mountApp(target, { client, storage: createStorage(), pwa: createPwaState({ enabled }), info: { version } });
}

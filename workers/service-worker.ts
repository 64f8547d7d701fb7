import { clientsClaim } from 'workbox-core';
import { addPlugins, cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { addSecurityHeaders } from '../src/pwa/add-security-headers.ts';
import { isPassedThrough, startsApp } from '../src/pwa/service-worker-routes.ts';

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE_ENTRIES__: { url: string; revision: string | null }[];

const scope = self.registration.scope;

addPlugins([{ handlerWillRespond: ({ response }) => Promise.resolve(addSecurityHeaders(response)) }]);
precacheAndRoute(__PRECACHE_ENTRIES__, { cleanURLs: false, ignoreURLParametersMatching: [] });
cleanupOutdatedCaches();

const answerWithApp = createHandlerBoundToURL('index.html');
registerRoute(({ request, url }) => request.mode === 'navigate' && startsApp(url, scope), answerWithApp);

registerRoute(
  ({ request, url, sameOrigin }) => sameOrigin && !isPassedThrough(url, request.destination, scope),
  async ({ request }) => addSecurityHeaders(await fetch(request)),
);

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message: unknown = event.data;
  // Only when a person asked for it: a new version never takes over on its own.
  if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'SKIP_WAITING') {
    event.waitUntil(self.skipWaiting());
  }
});

// The first visit is controlled at once: hosts without headers need it to isolate the page, and offline starts from here.
clientsClaim();

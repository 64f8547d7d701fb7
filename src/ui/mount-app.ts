import { mount, unmount } from 'svelte';
import App from './shell/App.svelte';
import { createApp } from './state/app.ts';
import type { AppServices } from './state/app-services.ts';

/** Shows the interface in `target`. */
export function mountApp(target: HTMLElement, services: AppServices): { dispose(): Promise<void> } {
  const component = mount(App, { target, props: { app: createApp(services) } });
  return { dispose: () => unmount(component) };
}

export { allowOwnScripts } from './allow-own-scripts.ts';
export {
  createPwaState,
  type OfflineStatus,
  type PwaOptions,
  type PwaSnapshot,
  type PwaState,
} from './create-pwa-state.ts';
export { ensureIsolated, type Isolation, type IsolationOptions } from './ensure-isolated.ts';

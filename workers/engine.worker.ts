/// <reference path="../src/vite-env.d.ts" />
import runtime from 'virtual:onnx-runtime';
import { createEngine } from '../src/engine/create-engine.ts';
import { serveEngine } from '../src/rpc/engine/serve-engine.ts';
import { createBrowserClock } from '../src/rpc/platform/browser-clock.ts';
import { createBrowserLocks } from '../src/rpc/platform/browser-locks.ts';
import { createBrowserRandom } from '../src/rpc/platform/browser-random.ts';
import { createYieldToEvents } from '../src/rpc/platform/yield-to-events.ts';
import { allowOwnScripts } from '../src/pwa/allow-own-scripts.ts';
import { createStorage } from '../src/storage/index.ts';

allowOwnScripts();
const [clock, locks] = [createBrowserClock(), createBrowserLocks()];
const { modelFiles } = createStorage({ locks, clock });
const [random, yieldToEvents] = [createBrowserRandom(), createYieldToEvents()];
serveEngine(
  (onLoadProgress) => createEngine({ files: modelFiles, runtime, clock, random, yieldToEvents, onLoadProgress }),
  { scope: self, locks },
);

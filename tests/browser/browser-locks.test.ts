import { describe, expect, it } from 'vitest';
import { createBrowserLocks } from '../../src/rpc/platform/browser-locks.ts';
import { createYieldToEvents } from '../../src/rpc/platform/yield-to-events.ts';

describe('ports on a browser', () => {
  it('[RPC17] tryHold is refused while somebody holds the lock, and given after', async () => {
    const locks = createBrowserLocks();
    const held = await locks.hold('browser-test-try');
    expect(await locks.tryHold('browser-test-try')).toBeNull();
    held.release();
    const again = await locks.tryHold('browser-test-try');
    expect(again).not.toBeNull();
    again?.release();
  });

  it('[RPC27] whenFree resolves only when the holder is gone', async () => {
    const locks = createBrowserLocks();
    const held = await locks.hold('browser-test-free');
    let free = false;
    const waiting = locks.whenFree('browser-test-free').then(() => (free = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(free).toBe(false);
    held.release();
    await waiting;
    expect(free).toBe(true);
  });

  it('[RPC43] the lock of a worker is free soon after the worker was ended', async () => {
    const source = `navigator.locks.request('browser-test-worker', () => { postMessage('held'); return new Promise(() => {}); })`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
    const locks = createBrowserLocks();
    expect(await locks.tryHold('browser-test-worker')).toBeNull();
    worker.terminate();
    await locks.whenFree('browser-test-worker', AbortSignal.timeout(5000));
  });

  it('[RPC16] yielding lets a message be read that was sent before', async () => {
    const yieldToEvents = createYieldToEvents();
    const { port1, port2 } = new MessageChannel();
    let heard = 0;
    port2.onmessage = () => (heard += 1);
    port1.postMessage('stop');
    for (let turn = 0; turn < 50 && heard === 0; turn += 1) await yieldToEvents();
    expect(heard).toBe(1);
    port1.close();
  });
});

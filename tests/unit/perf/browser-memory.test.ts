import { describe, expect, it } from 'vitest';
import { rendererMemory } from '../../perf/browser-memory.ts';

describe('memory of the browser', () => {
  it('[BEN8] no figure for a profile that no browser runs on', () => {
    expect(rendererMemory('/nowhere/at/all')).toBeUndefined();
  });
});

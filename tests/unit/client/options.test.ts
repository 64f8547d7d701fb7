import { describe, expect, it } from 'vitest';
import { engineThreads } from '../../../src/client/engine-threads.ts';
import { optionsFromUrl } from '../../../src/client/options-from-url.ts';

describe('optionsFromUrl', () => {
  it('[CLI3] reads hub, threads and debug', () => {
    expect(optionsFromUrl('?hub=worker&threads=3&debug=1')).toEqual({ hub: 'worker', threads: 3, debug: true });
    expect(optionsFromUrl('')).toEqual({ hub: 'auto', debug: false });
  });

  it.each(['?threads=0', '?threads=-1', '?threads=2.5', '?threads=many', '?threads=1000', '?hub=mine', '?debug=yes'])(
    '[CLI3] %s is as if it were not there',
    (search) => {
      expect(optionsFromUrl(search)).toEqual({ hub: 'auto', debug: false });
    },
  );
});

describe('engineThreads', () => {
  it('[CLI4] one thread without isolation, whatever was asked for', () => {
    expect(engineThreads(8, { isolated: false, cores: 8 })).toBe(1);
  });

  it('[CLI4] one per core and at most four, unless a number is asked for', () => {
    expect(engineThreads(undefined, { isolated: true, cores: 2 })).toBe(2);
    expect(engineThreads(undefined, { isolated: true, cores: 16 })).toBe(4);
    expect(engineThreads(6, { isolated: true, cores: 2 })).toBe(6);
  });
});

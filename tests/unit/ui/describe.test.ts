import { describe, expect, it } from 'vitest';
import { modelFacts, modelStatus } from '../../../src/ui/chat/describe-model.ts';
import { describeWait } from '../../../src/ui/chat/describe-wait.ts';
import { en } from '../../../src/ui/i18n/en.ts';
import { createFormatters } from '../../../src/ui/i18n/format.ts';
import { STARTER_INFO, without } from '../../doubles/client-double.ts';

const format = createFormatters('en');

describe('waits', () => {
  it('[UI30] a download shows bytes, speed and time left, and none of them before it is known', () => {
    const common = { phase: 'download', totalBytes: 100e6 } as const;
    const running = describeWait({ ...common, receivedBytes: 40e6, bytesPerSecond: 8e6 }, en, format);
    expect(running).toEqual({
      text: 'Downloading the model',
      facts: '40.0 MB of 100 MB · 8.0 MB/s · 8 seconds left',
      fraction: 0.4,
    });
    expect(describeWait({ ...common, receivedBytes: 0, bytesPerSecond: null }, en, format).facts).toBe('0 B of 100 MB');
    expect(
      describeWait({ ...common, totalBytes: 0, receivedBytes: 0, bytesPerSecond: null }, en, format).fraction,
    ).toBeNull();
    const slow = describeWait({ ...common, receivedBytes: 0, bytesPerSecond: 0.5e6 }, en, format);
    expect(slow.facts).toContain('4 minutes left');
  });

  it('[UI30] queue, load and reading say where they stand', () => {
    expect(describeWait({ phase: 'queued', place: 3 }, en, format).text).toContain('place 3');
    expect(describeWait({ phase: 'load', fraction: 0.43 }, en, format).text).toBe('Loading the model 43%');
    const retrying = { phase: 'retrying', model: 'm', code: 'provider/rate-limited', waitMs: 2400 } as const;
    expect(describeWait(retrying, en, format).text).toBe(
      'The provider asks us to slow down. Trying again in 3 seconds.',
    );
    const reading = { phase: 'prefill', processedTokens: 256, totalTokens: 512, cachedTokens: 0 } as const;
    expect(describeWait(reading, en, format)).toMatchObject({
      text: 'Reading your message 256 of 512 tokens',
      fraction: 0.5,
    });
  });
});

describe('models', () => {
  it('[UI31] the picker says where a model is or what it is busy with', () => {
    expect(modelStatus(STARTER_INFO, en, format)).toBe('on this device');
    const loading = { ...STARTER_INFO, state: 'loading', progress: { phase: 'load', fraction: 0.43 } } as const;
    expect(modelStatus(loading, en, format)).toBe('loading 43%');
    expect(modelStatus({ ...STARTER_INFO, state: 'loading' }, en, format)).toBe('loading');
    expect(modelStatus({ ...STARTER_INFO, state: 'failed' }, en, format)).toBe('could not be loaded');
    expect(modelStatus({ ...STARTER_INFO, state: 'not-downloaded' }, en, format)).toBe('not downloaded yet');
  });

  it('[UI31] the list tells what is known and nothing else', () => {
    const unknown = without(STARTER_INFO, 'sizeBytes', 'contextTokens');
    expect(modelFacts(STARTER_INFO, en, format)).toEqual([
      'ready',
      '105 MB',
      '134.5M parameters',
      'reads up to 2,048 tokens',
      'Apache-2.0',
    ]);
    expect(modelFacts(unknown, en, format)).toEqual(['ready', '134.5M parameters', 'Apache-2.0']);
  });
});

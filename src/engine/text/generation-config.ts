import type { SamplingSettings } from '../sampling/sampling-settings.ts';

/** What `generation_config.json` says: where a reply ends, and the sampling its maker recommends. */
export interface GenerationConfig {
  readonly endTokens: ReadonlySet<number>;
  readonly sampling: Partial<SamplingSettings>;
}

const SAMPLING_KEYS = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
} as const satisfies Partial<Record<keyof SamplingSettings, string>>;

export function readGenerationConfig(json: unknown): GenerationConfig {
  const fields = new Map(Object.entries(typeof json === 'object' && json !== null ? json : {}));
  const end: unknown = fields.get('eos_token_id');
  const sampling = Object.entries(SAMPLING_KEYS).flatMap(([name, key]) => {
    const value: unknown = fields.get(key);
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return {
    endTokens: new Set([end].flat().filter((token) => typeof token === 'number')),
    sampling: Object.fromEntries(sampling),
  };
}

import type { SamplingParameters } from '../../contracts/generation.ts';
import { AppError } from '../../errors/index.ts';

/** Every parameter decided, the seed apart. */
export type SamplingSettings = Required<Omit<SamplingParameters, 'seed'>>;

/** What a model gets that says nothing of its own in `generation_config.json`. */
export const DEFAULT_SAMPLING: SamplingSettings = {
  temperature: 0,
  topP: 0.5,
  topK: 50,
  minP: 0,
  repetitionPenalty: 1.1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

interface Limits {
  readonly from: number;
  readonly to: number;
}

const LIMITS: Readonly<Record<keyof SamplingSettings, Limits>> = {
  temperature: { from: 0, to: 100 },
  topP: { from: 0, to: 1 },
  topK: { from: 0, to: Number.MAX_SAFE_INTEGER },
  minP: { from: 0, to: 1 },
  repetitionPenalty: { from: 0.01, to: 100 },
  frequencyPenalty: { from: -100, to: 100 },
  presencePenalty: { from: -100, to: 100 },
};

const NAMES = Object.keys(LIMITS) as readonly (keyof SamplingSettings)[];

/** The request's parameters over the model's. Throws `provider/bad-request` with `details.parameter` for a value out of range. */
export function resolveSampling(request: SamplingParameters, model: Partial<SamplingSettings>): SamplingSettings {
  const settings = { ...DEFAULT_SAMPLING };
  for (const name of NAMES) {
    const value = request[name] ?? model[name] ?? DEFAULT_SAMPLING[name];
    const { from, to } = LIMITS[name];
    if (!(value >= from && value <= to) || (name === 'topK' && !Number.isInteger(value))) {
      const message = `${name} must be ${name === 'topK' ? 'a whole number ' : ''}from ${from} to ${to}, not ${String(value)}.`;
      throw new AppError('provider/bad-request', message, { details: { parameter: name, value } });
    }
    settings[name] = value;
  }
  return settings;
}

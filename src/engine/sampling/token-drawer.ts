import type { SamplingParameters } from '../../contracts/generation.ts';
import type { Random } from '../../contracts/ports.ts';
import type { ChatTokenizer } from '../text/chat-tokenizer.ts';
import type { GenerationConfig } from '../text/generation-config.ts';
import { createTokenHistory } from './penalties.ts';
import { createDraws } from './random-draws.ts';
import { sampleToken } from './sample-token.ts';
import { resolveSampling } from './sampling-settings.ts';

/** Chooses the tokens of one reply. */
export interface TokenDrawer {
  addPrompt(tokens: readonly number[]): void;
  /** Changes `logits`, and remembers the token for the penalties. */
  draw(logits: Float32Array): number;
}

/** Throws `provider/bad-request` when a parameter is out of range. */
export function createTokenDrawer(
  request: SamplingParameters,
  model: { readonly tokenizer: ChatTokenizer; readonly config: GenerationConfig },
  random: Random,
): TokenDrawer {
  const settings = resolveSampling(request, model.config.sampling);
  const specialIds = model.tokenizer.specialTokens.map((special) => special.id);
  const history = createTokenHistory(new Set([...specialIds, ...model.config.endTokens]));
  const draw = createDraws(request.seed, random);
  return {
    addPrompt: (tokens) => history.addPrompt(tokens),
    draw: (logits) => {
      history.penalise(logits, settings);
      const token = sampleToken(logits, settings, draw);
      history.addReply(token);
      return token;
    },
  };
}

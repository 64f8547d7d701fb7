import type { EnginePart } from '../contracts/engine.ts';
import type { GeneratePart, GenerateResult } from '../contracts/generation.ts';

type Finish = Extract<EnginePart, { type: 'finish' }>;

/** What a stream had before its end. */
export interface Written {
  readonly text: string;
  readonly droppedMessages: number;
}

/** Engine parts as the app's parts, in order; `finish` carries the result. */
export async function* partsOf(model: string, parts: AsyncIterable<EnginePart>): AsyncGenerator<GeneratePart> {
  let text = '';
  let droppedMessages = 0;
  for await (const part of parts) {
    switch (part.type) {
      case 'prefill': {
        const { processedTokens, totalTokens, cachedTokens } = part;
        yield { type: 'progress', progress: { phase: 'prefill', processedTokens, totalTokens, cachedTokens } };
        break;
      }
      case 'text-delta':
        text += part.text;
        yield part;
        break;
      case 'context-trimmed':
        droppedMessages = part.droppedMessages;
        yield part;
        break;
      case 'finish':
        yield { type: 'finish', result: resultOfEngine(model, part, { text, droppedMessages }) };
        return;
    }
  }
}

export function resultOfEngine(model: string, finish: Finish, written: Written): GenerateResult {
  const totalMs = finish.firstTokenMs + finish.decodeMs;
  return {
    text: written.text,
    model,
    provider: 'local',
    finishReason: finish.finishReason,
    usage: {
      inputTokens: finish.inputTokens,
      outputTokens: finish.outputTokens,
      cachedTokens: finish.cachedTokens,
      source: 'measured',
    },
    cost: { amount: 0, currency: 'USD', source: 'measured' },
    timing: {
      queuedMs: 0,
      firstTokenMs: written.text === '' ? totalMs : finish.firstTokenMs,
      totalMs,
      tokensPerSecond: speedOf(finish),
    },
    route: [],
    ...(written.droppedMessages > 0 ? { droppedMessages: written.droppedMessages } : {}),
  };
}

/** The first token belongs to the prefill, so it is not counted. */
function speedOf(finish: Finish): number {
  if (finish.outputTokens < 2 || finish.decodeMs <= 0) return 0;
  return ((finish.outputTokens - 1) * 1000) / finish.decodeMs;
}

import type { Clock } from '../../contracts/ports.ts';
import { AppError } from '../../errors/index.ts';
import type { ProviderAdapter, ProviderRequest } from '../../providers/provider.ts';

/** Enough for a word, and the least that the endpoints accept. */
const MAX_TOKENS = 16;
const GREETING: ProviderRequest['messages'] = [{ role: 'user', content: 'Hi' }];

interface Asking {
  readonly adapter: ProviderAdapter;
  readonly clock: Clock;
  readonly model: string;
  readonly signal: AbortSignal;
}

/** Says hello to a model and leaves at its first words; milliseconds until they came. Throws what the adapter throws. */
export async function hearFirstWords(asking: Asking): Promise<number> {
  try {
    return await hear(asking, { model: asking.model, messages: GREETING, maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!isAboutLength(error)) throw error;
    // A model that thinks first may refuse so little. Leaving at the first words keeps it cheap all the same.
    return hear(asking, { model: asking.model, messages: GREETING });
  }
}

function isAboutLength(error: unknown): boolean {
  return (
    error instanceof AppError &&
    error.code === 'provider/bad-request' &&
    /max_\w*tokens|output limit/iu.test(error.message)
  );
}

async function hear({ adapter, clock, signal }: Asking, request: ProviderRequest): Promise<number> {
  const heard = new AbortController();
  const startedMs = clock.monotonicMs();
  let firstMs: number | null = null;
  try {
    for await (const part of adapter.generateStream(request, AbortSignal.any([signal, heard.signal]))) {
      // Of a few tokens, all may be thoughts that are not shown: the end is an answer too.
      const isAnswer = part.type === 'finish' || ('text' in part && part.text !== '');
      if (!isAnswer) continue;
      firstMs = clock.monotonicMs() - startedMs;
      heard.abort();
      break;
    }
  } catch (error) {
    if (firstMs === null) throw error; // Else it is our own abort.
  }
  if (firstMs === null) throw new AppError('stream/truncated', 'The answer ended before it began.');
  return firstMs;
}

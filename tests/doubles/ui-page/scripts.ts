import type { WaitProgress } from '../../../src/contracts/generation.ts';
import type { ReplyScript } from '../client-double.ts';

/** Cuts a text into parts of about four characters, as tokens come. */
function tokens(text: string): string[] {
  return text.match(/[\s\S]{1,4}/gu) ?? [];
}

const MB = 1_000_000;
const DOWNLOAD: WaitProgress[] = Array.from({ length: 20 }, (_, i) => ({
  phase: 'download',
  receivedBytes: Math.round(105.4 * MB * (i / 20)),
  totalBytes: 105.4 * MB,
  bytesPerSecond: i === 0 ? null : 8.4 * MB,
}));
const LOAD: WaitProgress[] = [0, 0.21, 0.43, 0.66, 0.9].map((fraction) => ({ phase: 'load', fraction }));
const PREFILL: WaitProgress[] = [0, 128, 256, 384].map((processedTokens) => ({
  phase: 'prefill',
  processedTokens,
  totalTokens: 512,
  cachedTokens: 0,
}));

const LONG = `Three days are enough for the old town, Belém and one day by the sea. Here is a plan:

## Day 1: Alfama and the castle

1. **Morning.** Take tram 28 early, before nine.
2. **Noon.** Lunch near the *Sé*; try \`bacalhau à Brás\`.
   - cheap: the market hall
   - better: a table with a view
3. **Evening.** Fado in a small place.

| Stop | From | Price |
|:-----|:----:|------:|
| Castle | 9:00 | €15.00 |
| Tram 28 | 6:00 | €3.10 |
| Oceanário | 10:00 | €25.00 |

> Buy the day ticket: it pays after the third ride.

A small script to split the cost:

\`\`\`ts
interface Ticket {
  readonly name: string;
  readonly cents: number;
}

/** Cents per person, rounded up so that nobody pays too little. */
export function share(tickets: readonly Ticket[], people: number): number {
  const total = tickets.reduce((sum, ticket) => sum + ticket.cents, 0);
  if (people < 1) throw new RangeError('At least one person must pay.');
  return Math.ceil(total / people); // 43.10 € / 2 → 21.55 €
}
\`\`\`

- [x] Book the hotel
- [ ] Charge the camera

More at [Visit Lisbon](https://www.visitlisboa.com), and not at [this](javascript:alert(1)). <b>Raw HTML</b> stays text. ![Map of Alfama](https://example.com/map.png)`;

const CHINESE = `**注意：**下面的译文只供参考，正式文本请由律师审阅。

第一条的意思是：甲方应在**三十日**内付款，*逾期*按日计息。例如：

1. 甲方于 3 月 1 日收到发票；
2. 最迟在 3 月 31 日付款，否则每日加收 **0.05%**。

> “不可抗力”一词请保留原文。

\`\`\`python
def fee(days: int, amount: float) -> float:
    """逾期费用"""
    return round(amount * 0.0005 * days, 2)
\`\`\``;

export const SCRIPTS: Readonly<Record<string, ReplyScript>> = {
  download: { waits: [...DOWNLOAD, ...LOAD, ...PREFILL], texts: tokens('It is on this device now.') },
  load: { waits: [...LOAD, ...LOAD, ...LOAD], texts: tokens('Loaded.') },
  read: { waits: [...PREFILL, ...PREFILL, ...PREFILL], texts: tokens('I have read it.'), droppedMessages: 4 },
  queue: { waits: [2, 2, 2, 1, 1].map((place) => ({ phase: 'queued', place })), texts: tokens('My turn.') },
  memory: {
    waits: LOAD.slice(0, 2),
    texts: [],
    error: {
      code: 'engine/out-of-memory',
      message: 'The engine worker could not allocate 268435456 bytes.',
      retryable: false,
      details: { requestedBytes: 268_435_456 },
    },
  },
  lost: {
    texts: tokens('The lighthouse keeper climbed the stairs, and then'),
    error: { code: 'engine/lost', message: 'No heartbeat for 5000 ms.', retryable: true, details: {} },
  },
  long: { waits: PREFILL.slice(0, 2), texts: tokens(LONG) },
  chinese: { texts: tokens(CHINESE) },
  limit: { texts: tokens('Once upon a time there was a very long story that'), result: { finishReason: 'length' } },
  route: {
    texts: tokens('An answer that took a detour.'),
    result: {
      route: [
        { model: 'openai_gpt-6-luna', outcome: 'failed', code: 'provider/rate-limited', waitedMs: 0, tookMs: 800 },
        { model: 'local_smollm2-135m-instruct_text_generation', outcome: 'ok', waitedMs: 12, tookMs: 5128 },
      ],
    },
  },
  think: {
    reasoning: tokens('The person asks for the sum of two numbers. Two and two is four. I should say so *briefly*.'),
    texts: tokens('Two and two is **four**.'),
    result: {
      model: 'openai_gpt-6-luna',
      provider: 'openai',
      usage: { inputTokens: 148, outputTokens: 212, reasoningTokens: 120, cachedTokens: 100, source: 'provider' },
      cost: { amount: 0.00042, currency: 'USD', source: 'estimated' },
      timing: { queuedMs: 0, firstTokenMs: 612, totalMs: 3140, tokensPerSecond: 84.3, reasoningMs: 3200 },
      route: [
        {
          model: 'openai_gpt-6-luna',
          outcome: 'ok',
          waitedMs: 0,
          tookMs: 3128,
          notes: [
            { type: 'parameter-clamped', parameter: 'temperature', from: 2, to: 1 },
            { type: 'messages-joined', count: 2 },
          ],
        },
      ],
    },
  },
  busy: {
    texts: [],
    error: {
      code: 'provider/rate-limited',
      message: 'Rate limit reached for gpt-6-luna. Please try again in 12s.',
      retryable: true,
      details: {
        status: 429,
        providerCode: 'rate_limit_exceeded',
        requestId: 'req_8f2c1b',
        retryAfterMs: 12_000,
        providerMessage: 'Rate limit reached for gpt-6-luna. Please try again in 12s.',
      },
    },
  },
  refused: {
    texts: [],
    error: {
      code: 'network/unreachable',
      message: 'No answer came: the network, a wrong key or the server’s CORS rules may be why.',
      retryable: true,
      details: { reason: 'cors-or-key', host: 'api.openai.com' },
    },
  },
  locked: {
    texts: [],
    error: { code: 'vault/locked', message: 'The vault is locked.', retryable: false, details: { reason: 'locked' } },
  },
  hello: { waits: PREFILL.slice(0, 1), texts: tokens('The capital of France is **Paris**, on the river Seine.') },
};

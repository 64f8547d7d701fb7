import { describe, expect, it } from 'vitest';
import { GIANT_BYTES, TEN_THOUSAND } from '../../servers/fake-providers/reply-plan.ts';
import type { ScenarioName } from '../../servers/fake-providers/scenarios.ts';
import { REPLY, requestOf, useBench } from './bench.ts';
import { SUBJECTS } from './subjects.ts';

/** Streams that look odd and say the same. */
const ODD_STREAMS: readonly ScenarioName[] = [
  'no-done',
  'no-final-blank-line',
  'crlf',
  'cr',
  'no-space',
  'comments',
  'split-everywhere',
  'missing-fields',
  'cumulative',
  'text-format',
  'slow-start',
  'slow-first-token',
  'json-instead-of-sse',
];

const EXTREMELY_HIGH = {
  temperature: 2,
  topP: 1,
  topK: 500,
  minP: 0.9,
  seed: 2 ** 31 + 5,
  repetitionPenalty: 9.5,
  frequencyPenalty: 7.25,
  presencePenalty: 8.75,
  stop: ['stop one', 'stop two', 'stop three', 'stop four', 'stop five', 'a stop word of more than twenty characters'],
  maxTokens: 100_000,
};

const EXTREMELY_LOW = {
  temperature: 0,
  topP: 0,
  topK: 1,
  minP: 0.01,
  seed: 3,
  repetitionPenalty: 0.25,
  frequencyPenalty: -7.25,
  presencePenalty: -8.75,
  maxTokens: 1,
};

/** Whether a value stands anywhere in a body. */
function holds(body: unknown, value: unknown): boolean {
  if (JSON.stringify(body) === JSON.stringify(value)) return true;
  return typeof body === 'object' && body !== null && Object.values(body).some((member) => holds(member, value));
}

describe.each(SUBJECTS)('provider contract, replies: $name', (subject) => {
  const bench = useBench();

  it('[ADP1] the parts of a stream add up to the text, and finish is last and once', async () => {
    const { parts, text, reply, error } = await bench.stream(subject);
    expect(error).toBeUndefined();
    expect(text).toBe(REPLY);
    expect(parts.filter((part) => part.type === 'text-delta').length).toBeGreaterThan(5);
    expect(parts.at(-1)?.type).toBe('finish');
    expect(parts.filter((part) => part.type === 'finish')).toHaveLength(1);
    expect(reply).toMatchObject({ text: REPLY, finishReason: 'stop', notes: [] });
  });

  it('[ADP2] usage is what the provider said', async () => {
    const { reply } = await bench.stream(subject);
    expect(reply?.usage).toMatchObject({ inputTokens: 3, outputTokens: reply?.usage?.outputTokens });
    expect(reply?.usage?.outputTokens).toBeGreaterThan(10);
    const whole = await bench.adapter(subject).generateText(requestOf(subject), new AbortController().signal);
    expect(whole.usage).toEqual(reply?.usage);
  });

  it('[ADP3] a whole answer says the same as a stream', async () => {
    const reply = await bench.adapter(subject).generateText(requestOf(subject), new AbortController().signal);
    expect(reply).toMatchObject({ text: REPLY, finishReason: 'stop' });
  });

  it.each(ODD_STREAMS)('[ADP4] an odd stream has the same reply: %s', async (scenario) => {
    bench.play(subject, scenario);
    const { text, reply, error } = await bench.stream(subject);
    expect(error).toBeUndefined();
    expect(text).toBe(REPLY);
    expect(reply).toMatchObject({ text: REPLY, finishReason: 'stop' });
  });

  it.each(['length', 'content-filter'] as const)('[ADP5] the reason to finish is told: %s', async (scenario) => {
    bench.play(subject, scenario);
    const { reply } = await bench.stream(subject);
    expect(reply?.finishReason).toBe(scenario);
    const whole = await bench.adapter(subject).generateText(requestOf(subject), new AbortController().signal);
    expect(whole.finishReason).toBe(scenario);
  });

  it('[ADP6] most tokens are obeyed, and the reason is then the length', async () => {
    // The least that every endpoint takes.
    const { parts, reply } = await bench.stream(subject, { maxTokens: 16 });
    expect(parts.filter((part) => part.type === 'text-delta')).toHaveLength(16);
    expect(reply).toMatchObject({ finishReason: 'length', notes: [] });
  });

  it('[ADP7] where no usage is reported, the reply has none', async () => {
    bench.play(subject, 'no-usage');
    const { text, reply, error } = await bench.stream(subject);
    expect(error).toBeUndefined();
    expect(text).toBe(REPLY);
    expect(reply).toBeDefined();
    expect(reply).not.toHaveProperty('usage');
  });

  it.skipIf('usage-switch' in subject.lacks)(
    '[ADP8] a server that refuses to be asked for usage is asked once more without',
    async () => {
      bench.play(subject, 'usage-refused');
      const { text, error } = await bench.stream(subject);
      expect(error).toBeUndefined();
      expect(text).toBe(REPLY);
      const bodies = bench.arrived(subject).map((request) => request.body);
      expect(bodies).toHaveLength(2);
      expect(bodies[0]).toContain('include_usage');
      expect(bodies[1]).not.toContain('include_usage');
    },
  );

  it.skipIf('reasoning' in subject.lacks)('[ADP9] thinking comes apart from the text', async () => {
    bench.play(subject, 'reasoning');
    const { text, reasoning, reply } = await bench.stream(subject);
    expect(text).toBe(REPLY);
    expect(reasoning).toMatch(/^The user wants an answer\. 让我想一想 🤔/u);
    expect(reply).toMatchObject({ text: REPLY, reasoning });
    const whole = await bench.adapter(subject).generateText(requestOf(subject), new AbortController().signal);
    expect(whole).toMatchObject({ text: REPLY, reasoning });
  });

  it('[ADP10] an event of 5 MB arrives whole', async () => {
    bench.play(subject, 'giant-event');
    const { text, reply, error } = await bench.stream(subject);
    expect(error).toBeUndefined();
    expect(Buffer.byteLength(text)).toBeGreaterThan(GIANT_BYTES);
    expect(text === bench.arrived(subject).at(-1)?.text).toBe(true);
    expect(reply?.text === text).toBe(true);
  });

  it('[ADP11] a stream of 10,000 tokens arrives whole', async () => {
    bench.play(subject, 'ten-thousand-tokens');
    const { parts, text, error } = await bench.stream(subject);
    expect(error).toBeUndefined();
    expect(parts.filter((part) => part.type === 'text-delta')).toHaveLength(TEN_THOUSAND);
    expect(text === bench.arrived(subject).at(-1)?.text).toBe(true);
  });

  it('[ADP12] an event that is no JSON is skipped and noted', async () => {
    bench.play(subject, 'malformed-event');
    const { text, reply, error } = await bench.stream(subject);
    expect(error).toBeUndefined();
    expect(text).toBe(REPLY);
    expect(reply?.notes).toEqual([{ type: 'malformed-event', count: 1 }]);
  });

  it.each([EXTREMELY_HIGH, EXTREMELY_LOW])(
    '[ADP14] nothing is sent that the endpoint refuses, and what was changed is told: temperature $temperature',
    async (extremes) => {
      const { text, reply, error } = await bench.stream(subject, extremes);
      expect(error).toBeUndefined();
      expect(text).not.toBe('');
      expect(bench.arrived(subject)).toHaveLength(1);
      const sent = JSON.parse(bench.arrived(subject)[0]?.body ?? '') as unknown;
      const told = new Set(reply?.notes.flatMap((note) => ('parameter' in note ? [note.parameter] : [])));
      for (const [parameter, value] of Object.entries(extremes)) {
        // What is neither told of nor sent as it was asked got lost on the way.
        expect({ parameter, kept: told.has(parameter) || holds(sent, value) }).toEqual({ parameter, kept: true });
      }
    },
  );

  it.skipIf('dropped-parameters' in subject.lacks)(
    '[ADP13] a parameter that the model refuses is left out, noted, and remembered',
    async () => {
      bench.play(subject, '400-unsupported-temperature');
      const adapter = bench.adapter(subject);
      const request = requestOf(subject, { temperature: 0.3 });
      const first = await adapter.generateText(request, new AbortController().signal);
      expect(first.text).toBe(REPLY);
      expect(first.notes).toEqual([{ type: 'parameter-dropped', parameter: 'temperature' }]);
      expect(bench.arrived(subject)).toHaveLength(2);
      const second = await adapter.generateText(request, new AbortController().signal);
      expect(second.notes).toEqual(first.notes);
      expect(bench.arrived(subject)).toHaveLength(3);
    },
  );
});

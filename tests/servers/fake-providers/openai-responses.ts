import type { Dialect } from './answer-chat.ts';
import { messagesOf } from './chat-request.ts';
import { fieldsOf, numberOf, textOf, type Fields } from './exchange.ts';
import type { FailureContext } from './failures.ts';
import { openAiHeaders, openAiWords } from './openai-chat.ts';
import type { ChatAsked, ReplyPlan } from './reply-plan.ts';
import type { EventKind, SseEvent } from './sse.ts';

/** What a body of the Responses API asks. */
export function responsesAsked(json: Fields): ChatAsked {
  const maxTokens = numberOf(json['max_output_tokens']);
  const { input } = json;
  const instructions = textOf(json['instructions']);
  const messages = typeof input === 'string' ? [{ role: 'user', text: input }] : messagesOf(input);
  return {
    model: textOf(json['model']),
    messages: [...(instructions === '' ? [] : [{ role: 'system', text: instructions }]), ...messages],
    stream: json['stream'] === true,
    // There is no switch: the last event always has it.
    includeUsage: false,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    json: textOf(fieldsOf(fieldsOf(json['text'])['format'])['type']).startsWith('json'),
  };
}

/** OpenAI's Responses API. */
export const openAiResponses: Dialect = {
  words: openAiWords,
  headers: openAiHeaders,
  events: responsesEvents,
  whole: (plan) => responseObject(plan, finalStatus(plan), outputItems(plan)),
  failureEvents,
};

function finalStatus({ finish }: ReplyPlan): string {
  return finish === 'stop' ? 'completed' : finish === null ? 'in_progress' : 'incomplete';
}

function responseObject(plan: ReplyPlan, status: string, output: readonly unknown[]): Record<string, unknown> {
  const ended = status === 'completed' || status === 'incomplete';
  const reason = plan.finish === 'length' ? 'max_output_tokens' : 'content_filter';
  return {
    id: `resp_${plan.id}`,
    object: 'response',
    created_at: plan.created,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: null,
    model: plan.model,
    output,
    store: false,
    usage: ended ? responsesUsage(plan) : null,
  };
}

function responsesUsage({ usage }: ReplyPlan): unknown {
  if (usage === null) return null;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}

function outputText(plan: ReplyPlan): Record<string, unknown> {
  return { type: 'output_text', text: plan.tokens.join(''), annotations: [], logprobs: [] };
}

function messageItem(plan: ReplyPlan, status: string, content: readonly unknown[]): Record<string, unknown> {
  return { id: `msg_${plan.id}`, type: 'message', status, content, role: 'assistant' };
}

function reasoningItem(plan: ReplyPlan, summary: readonly unknown[]): Record<string, unknown> {
  return { id: `rs_${plan.id}`, type: 'reasoning', summary };
}

function outputItems(plan: ReplyPlan): readonly unknown[] {
  const reasoning = reasoningItem(plan, [{ type: 'summary_text', text: plan.reasoning.join('') }]);
  const status = plan.finish === 'stop' ? 'completed' : 'incomplete';
  return [...(plan.reasoning.length === 0 ? [] : [reasoning]), messageItem(plan, status, [outputText(plan)])];
}

/** Writes events with their numbers. */
function createNumbering(): (kind: EventKind, type: string, fields: Fields) => SseEvent {
  let next = 0;
  return (kind, type, fields) => ({
    kind,
    lines: [`event: ${type}`, `data: ${JSON.stringify({ type, sequence_number: next++, ...fields })}`],
  });
}

function responsesEvents(plan: ReplyPlan): readonly SseEvent[] {
  const event = createNumbering();
  const output_index = plan.reasoning.length === 0 ? 0 : 1;
  const place = { item_id: `msg_${plan.id}`, output_index, content_index: 0 };
  const started = responseObject(plan, 'in_progress', []);
  const status = finalStatus(plan);
  return [
    event('head', 'response.created', { response: started }),
    event('head', 'response.in_progress', { response: started }),
    ...reasoningEvents(plan, event),
    event('head', 'response.output_item.added', { output_index, item: messageItem(plan, 'in_progress', []) }),
    event('head', 'response.content_part.added', {
      ...place,
      part: { type: 'output_text', annotations: [], logprobs: [], text: '' },
    }),
    ...plan.tokens.map((delta, index) =>
      event('text', 'response.output_text.delta', {
        ...place,
        delta,
        logprobs: [],
        obfuscation: 'VLMq7x'.slice(index % 5),
      }),
    ),
    event('note', 'response.output_text.done', { ...place, text: plan.tokens.join(''), logprobs: [] }),
    event('note', 'response.content_part.done', { ...place, part: outputText(plan) }),
    event('note', 'response.output_item.done', {
      output_index,
      item: messageItem(plan, 'completed', [outputText(plan)]),
    }),
    ...(plan.finish === null
      ? []
      : [event('finish', `response.${status}`, { response: responseObject(plan, status, outputItems(plan)) })]),
  ];
}

function reasoningEvents(plan: ReplyPlan, event: ReturnType<typeof createNumbering>): readonly SseEvent[] {
  if (plan.reasoning.length === 0) return [];
  const place = { item_id: `rs_${plan.id}`, output_index: 0, summary_index: 0 };
  const text = plan.reasoning.join('');
  const part = { type: 'summary_text', text };
  return [
    event('head', 'response.output_item.added', { output_index: 0, item: reasoningItem(plan, []) }),
    event('head', 'response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } }),
    ...plan.reasoning.map((delta) => event('reasoning', 'response.reasoning_summary_text.delta', { ...place, delta })),
    event('note', 'response.reasoning_summary_text.done', { ...place, text }),
    event('note', 'response.reasoning_summary_part.done', { ...place, part }),
    event('note', 'response.output_item.done', { output_index: 0, item: reasoningItem(plan, [part]) }),
  ];
}

/** As recorded when a quota ran out: an error that nests its words, then the failed response. */
function failureEvents(context: FailureContext): readonly SseEvent[] {
  const event = createNumbering();
  const error = fieldsOf(fieldsOf(openAiWords('busy', context).body)['error']);
  const code = 'server_error';
  const response = {
    id: `resp_${context.requestId}`,
    object: 'response',
    status: 'failed',
    error: { code, message: error['message'] },
    output: [],
  };
  return [event('note', 'error', { error: { ...error, code } }), event('note', 'response.failed', { response })];
}

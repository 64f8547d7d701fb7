import type { FinishReason } from '../../contracts/generation.ts';
import { readUsage } from '../chat-completions/read-choice.ts';
import type { ReplyProtocol } from '../chat-completions/read-reply.ts';
import type { ReplyStep } from '../chat-completions/reply-builder.ts';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../wire/fields.ts';

/** Events of the Responses API (reference §1.6): deltas, then one event that holds the whole response. */
export function createResponsesProtocol(): ReplyProtocol {
  let hasText = false;
  let hasReasoning = false;

  const delta = (kind: 'text' | 'reasoning', body: Fields): ReplyStep => {
    const text = textOf(body['delta']) ?? '';
    if (kind === 'text') hasText ||= text !== '';
    else hasReasoning ||= text !== '';
    return { [kind]: text };
  };

  return {
    readEvent(body) {
      switch (body['type']) {
        case 'response.output_text.delta':
        case 'response.refusal.delta':
          return delta('text', body);
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          return delta('reasoning', body);
        case 'response.reasoning_summary_part.added':
          return hasReasoning && (numberOf(body['summary_index']) ?? 0) > 0 ? { reasoning: '\n\n' } : {};
        case 'response.completed':
        case 'response.incomplete':
          return ending(fieldsOf(body['response']) ?? {}, hasText);
        case 'response.failed':
        case 'response.cancelled':
        case 'error':
          return { failed: true };
        default:
          return body['type'] === undefined && body['error'] !== undefined ? { failed: true } : known(body['response']);
      }
    },
    readWhole(body) {
      if (body['object'] !== 'response' && !listOf(body['output'])) return undefined;
      return ending(body, false, true);
    },
  };
}

/** What the whole response says at the end; its text only where no delta brought any. */
function ending(response: Fields, hasText: boolean, whole = false): ReplyStep {
  const { text, reasoning } = readOutput(response);
  const finishReason = finishReasonOf(response);
  return {
    ...known(response),
    ...(hasText ? {} : { text }),
    ...(whole ? { reasoning } : {}),
    usage: readUsage(response['usage']),
    finishReason,
    failed: finishReason === undefined,
    ended: true,
  };
}

function known(value: unknown): ReplyStep {
  const response = fieldsOf(value);
  return { servedModel: textOf(response?.['model'])?.slice(0, 200), id: textOf(response?.['id'])?.slice(0, 200) };
}

/** Undefined for a response that failed or was cancelled. */
function finishReasonOf(response: Fields): FinishReason | undefined {
  const status = response['status'];
  if (status === 'failed' || status === 'cancelled') return undefined;
  const items = (listOf(response['output']) ?? []).map((item) => fieldsOf(item)?.['type']);
  if (status !== 'incomplete') return items.includes('function_call') ? 'tool-calls' : 'stop';
  return fieldsOf(response['incomplete_details'])?.['reason'] === 'content_filter' ? 'content-filter' : 'length';
}

function readOutput(response: Fields): { readonly text: string; readonly reasoning: string } {
  let text = '';
  let reasoning = '';
  for (const value of listOf(response['output']) ?? []) {
    const item = fieldsOf(value) ?? {};
    if (item['type'] === 'message') text += textsOf(item['content'], '');
    if (item['type'] === 'reasoning') reasoning += textsOf(item['summary'], '\n\n');
  }
  return { text, reasoning };
}

function textsOf(parts: unknown, between: string): string {
  return (listOf(parts) ?? [])
    .map((part) => textOf(fieldsOf(part)?.['text']) ?? textOf(fieldsOf(part)?.['refusal']) ?? '')
    .join(between);
}

import type { FinishReason, Usage } from '../../contracts/generation.ts';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../wire/fields.ts';

/** What a chunk of a stream, or a whole completion, says. */
export interface ReadChoice {
  readonly text: string;
  readonly reasoning: string;
  readonly finishReason?: FinishReason;
  /** The model stopped because the server failed it. */
  readonly failed?: true;
  /** The filter of Azure that runs beside the text speaks in this chunk, or caught something. */
  readonly asyncFilter?: 'watching' | 'caught';
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  content_filter: 'content-filter',
  sensitive: 'content-filter',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

/** Ends that are no ends: the server broke off. */
const FAILED_REASONS = new Set(['error', 'network_error', 'insufficient_system_resource']);

/** The first choice of a chunk or a completion; undefined where there is none, as in a usage chunk. */
export function firstChoice(body: Fields): Fields | undefined {
  for (const item of listOf(body['choices']) ?? []) {
    const choice = fieldsOf(item);
    if (choice && (numberOf(choice['index']) ?? 0) === 0) return choice;
  }
  return undefined;
}

export function readChoice(choice: Fields, finishOf?: (choice: Fields) => FinishReason | undefined): ReadChoice {
  const delta = fieldsOf(choice['delta']) ?? fieldsOf(choice['message']) ?? {};
  const reason = textOf(choice['finish_reason']) ?? '';
  const finishReason = finishOf?.(choice) ?? finishReasonOf(reason);
  const asyncFilter = asyncFilterOf(choice);
  return {
    text: contentOf(delta['content']) + (textOf(delta['refusal']) ?? ''),
    reasoning: reasoningOf(delta),
    ...(FAILED_REASONS.has(reason) ? { failed: true as const } : finishReason === undefined ? {} : { finishReason }),
    ...(asyncFilter === undefined ? {} : { asyncFilter }),
  };
}

/** Some write the text "null" while the reply goes on; a reason that nobody knows is an end all the same. */
function finishReasonOf(reason: string): FinishReason | undefined {
  if (reason === '' || reason === 'null') return undefined;
  return Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : 'stop';
}

/** Text, or a list of parts as some write it. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return partsOf(content, (part) => (part['type'] === 'thinking' ? '' : (textOf(part['text']) ?? '')));
}

/** `reasoning_content` or `reasoning` or `reasoning_details`; some servers send the same in two of them. */
function reasoningOf(delta: Fields): string {
  return (
    nonEmpty(textOf(delta['reasoning_content'])) ??
    nonEmpty(textOf(delta['reasoning'])) ??
    nonEmpty(partsOf(delta['reasoning_details'], (part) => textOf(part['text']) ?? textOf(part['summary']) ?? '')) ??
    partsOf(delta['content'], (part) => (part['type'] === 'thinking' ? contentOf(part['thinking']) : ''))
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function partsOf(content: unknown, read: (part: Fields) => string): string {
  return (listOf(content) ?? []).map((item) => read(fieldsOf(item) ?? {})).join('');
}

/** Azure: offsets are there only where the filter runs beside the text (reference §3.2). */
function asyncFilterOf(choice: Fields): ReadChoice['asyncFilter'] {
  if (!fieldsOf(choice['content_filter_offsets'])) return undefined;
  const results = Object.values(fieldsOf(choice['content_filter_results']) ?? {});
  return results.some((result) => fieldsOf(result)?.['filtered'] === true) ? 'caught' : 'watching';
}

/** Usage under either family of names; undefined where the numbers are missing. */
export function readUsage(value: unknown): Omit<Usage, 'source'> | undefined {
  const usage = fieldsOf(value);
  const inputTokens = countOf(usage?.['prompt_tokens']) ?? countOf(usage?.['input_tokens']);
  const outputTokens = countOf(usage?.['completion_tokens']) ?? countOf(usage?.['output_tokens']);
  if (!usage || inputTokens === undefined || outputTokens === undefined) return undefined;
  const inputDetails = fieldsOf(usage['prompt_tokens_details']) ?? fieldsOf(usage['input_tokens_details']);
  const outputDetails = fieldsOf(usage['completion_tokens_details']) ?? fieldsOf(usage['output_tokens_details']);
  const cachedTokens =
    countOf(inputDetails?.['cached_tokens']) ??
    countOf(usage['prompt_cache_hit_tokens']) ??
    countOf(usage['cached_tokens']);
  const reasoningTokens = countOf(outputDetails?.['reasoning_tokens']);
  // xAI counts reasoning beside the completion; its total tells.
  const beside =
    (reasoningTokens ?? 0) > 0 && usage['total_tokens'] === inputTokens + outputTokens + (reasoningTokens ?? 0);
  return {
    inputTokens,
    outputTokens: beside ? outputTokens + (reasoningTokens ?? 0) : outputTokens,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** Usage of a chunk: at its top, or where Moonshot and Groq put it. */
export function usageOf(body: Fields): Omit<Usage, 'source'> | undefined {
  return (
    readUsage(body['usage']) ??
    readUsage(firstChoice(body)?.['usage']) ??
    readUsage(fieldsOf(body['x_groq'])?.['usage'])
  );
}

function countOf(value: unknown): number | undefined {
  const count = numberOf(value);
  return count !== undefined && count >= 0 ? Math.round(count) : undefined;
}

import type { FinishReason } from '../../contracts/generation.ts';
import { readUsage } from '../chat-completions/read-choice.ts';
import type { ReplyProtocol } from '../chat-completions/read-reply.ts';
import type { ReplyStep } from '../chat-completions/reply-builder.ts';
import { fieldsOf, listOf, textOf, type Fields } from '../wire/fields.ts';
import { createGrowingText, type GrowingText } from './growing-text.ts';

export interface DashScopeReply extends ReplyProtocol {
  /** Text that was held back, when the stream ends without a finish. */
  rest(): string;
}

/** Reads the native API's packets, in the `message` and the `text` format, as pieces or as repetitions (reference §6.2). */
export function createDashScopeReply(): DashScopeReply {
  const reasoning = createGrowingText();
  let text: GrowingText | undefined;

  const readEvent = (packet: Fields): ReplyStep => {
    if (tellsDashScopeFailure(packet)) return { failed: true };
    const said = readOutput(fieldsOf(packet['output']));
    const usage = readUsage(packet['usage']);
    const last = said.finishReason !== undefined;
    const tokens = usage?.outputTokens;
    const freshReasoning = reasoning.take(said.reasoning, tokens, last);
    // Both are written in the same way, so that what one of them tells holds for the other.
    if (said.text !== '') text ??= createGrowingText(reasoning.repeats());
    return {
      reasoning: freshReasoning + (text && said.reasoning === '' ? reasoning.rest() : ''),
      text: text?.take(said.text, tokens, last) ?? '',
      finishReason: said.finishReason,
      usage,
      id: textOf(packet['request_id'])?.slice(0, 200),
      ended: last,
    };
  };
  return {
    readEvent,
    readWhole(answer) {
      if (tellsDashScopeFailure(answer)) return { failed: true };
      const output = fieldsOf(answer['output']);
      if (!output || (output['text'] === undefined && !firstMessage(output))) return undefined;
      const step = readEvent(answer);
      // It is all there, whether or not the server says why it stopped.
      return { ...step, finishReason: step.finishReason ?? 'stop' };
    },
    rest: () => text?.rest() ?? '',
  };
}

/** In a success `code` and `message` may be there and empty. */
export function tellsDashScopeFailure(body: Fields): boolean {
  return fieldsOf(body['error']) !== undefined || (typeof body['code'] === 'string' && body['code'] !== '');
}

interface SaidOutput {
  readonly text: string;
  readonly reasoning: string;
  readonly finishReason: FinishReason | undefined;
}

function readOutput(output: Fields | undefined): SaidOutput {
  const choice = fieldsOf(listOf(output?.['choices'])?.[0]);
  const message = fieldsOf(choice?.['message']);
  return {
    text: contentOf(message?.['content'] ?? output?.['text']),
    reasoning: contentOf(message?.['reasoning_content'] ?? output?.['reasoning_content']),
    finishReason: finishReasonOf(textOf(choice?.['finish_reason']) ?? textOf(output?.['finish_reason']) ?? ''),
  };
}

function firstMessage(output: Fields): Fields | undefined {
  return fieldsOf(fieldsOf(listOf(output['choices'])?.[0])?.['message']);
}

/** Text, or the parts that models which see and hear answer with. */
function contentOf(content: unknown): string {
  return (
    textOf(content) ??
    (listOf(content) ?? []).map((part) => textOf(part) ?? textOf(fieldsOf(part)?.['text']) ?? '').join('')
  );
}

/** The text `"null"` while the reply goes on. */
function finishReasonOf(reason: string): FinishReason | undefined {
  if (reason === '' || reason === 'null') return undefined;
  return Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : 'stop';
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
};

import type { FinishReason } from '../../contracts/generation.ts';
import { readUsage } from '../chat-completions/read-choice.ts';
import type { ReplyProtocol } from '../chat-completions/read-reply.ts';
import type { ReplyStep } from '../chat-completions/reply-builder.ts';
import { fieldsOf, numberOf, textOf, type Fields } from '../wire/fields.ts';
import type { ProviderWords } from '../wire/provider-error.ts';

/** Reads the legacy API's answers: increments that end with `is_end`, or one object. */
export function createWenxinReply(): ReplyProtocol {
  // They may come before the packet that ends the stream.
  let cleared = false;
  let cut = false;
  let reason = '';

  const finishReason = (): FinishReason => {
    if (cleared) return 'content-filter';
    return cut ? 'length' : (FINISH_REASONS[reason] ?? 'stop');
  };
  const read = (packet: Fields): ReplyStep => {
    if (wenxinWords(packet)) return { failed: true };
    cleared ||= packet['need_clear_history'] === true;
    cut ||= packet['is_truncated'] === true;
    reason = fieldsOf(packet['function_call']) ? 'function_call' : (textOf(packet['finish_reason']) ?? reason);
    return {
      text: textOf(packet['result']) ?? '',
      usage: readUsage(packet['usage']),
      id: textOf(packet['id'])?.slice(0, 200),
    };
  };
  return {
    readEvent(packet) {
      const step = read(packet);
      return packet['is_end'] === true ? { ...step, finishReason: finishReason(), ended: true } : step;
    },
    readWhole(answer) {
      const step = read(answer);
      if (step.failed) return step;
      const answers = typeof answer['result'] === 'string' || fieldsOf(answer['function_call']) !== undefined;
      return answers ? { ...step, finishReason: finishReason() } : undefined;
    },
  };
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  content_filter: 'content-filter',
  function_call: 'tool-calls',
  tool_calls: 'tool-calls',
};

/** The words of an error, which has status 200 as a rule; undefined where it is none. */
export function wenxinWords(json: unknown): ProviderWords | undefined {
  const fields = fieldsOf(json);
  const code = numberOf(fields?.['error_code']) ?? textOf(fields?.['error_code']);
  if (code === undefined || code === 0 || code === '' || code === '0') return undefined;
  const requestId = textOf(fields?.['id']);
  return {
    code: String(code),
    message: textOf(fields?.['error_msg']) ?? '',
    ...(requestId === undefined ? {} : { requestId }),
  };
}

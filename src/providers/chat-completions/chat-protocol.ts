import { fieldsOf, textOf, type Fields } from '../wire/fields.ts';
import { tellsFailure } from '../wire/provider-words.ts';
import type { ChatDialect } from './dialect.ts';
import { firstChoice, readChoice, usageOf } from './read-choice.ts';
import type { ReplyProtocol } from './read-reply.ts';
import type { ReplyStep } from './reply-builder.ts';

/** Chat Completions: chunks whose choice has a `delta`, or a completion whose choice has a `message`. */
export function createChatProtocol({ finishOf }: Pick<ChatDialect, 'finishOf'>): ReplyProtocol {
  let filterWatches = false;

  const read = (body: Fields): ReplyStep => {
    const choice = firstChoice(body);
    if (!choice) return {};
    const { text, reasoning, finishReason, failed, asyncFilter } = readChoice(choice, finishOf);
    filterWatches ||= asyncFilter !== undefined;
    const retracted = asyncFilter === 'caught' || (filterWatches && finishReason === 'content-filter');
    return { text, reasoning, retracted, finishReason, failed: failed === true };
  };
  const readAll = (body: Fields): ReplyStep => ({
    ...read(body),
    usage: usageOf(body),
    servedModel: nonEmpty(body['model']),
    id: nonEmpty(body['request_id']) ?? nonEmpty(body['id']),
  });

  return {
    readEvent: (body) => (tellsFailure(body) ? { failed: true } : readAll(body)),
    readWhole(body) {
      const choice = firstChoice(body);
      if (!choice || !(fieldsOf(choice['message']) ?? fieldsOf(choice['delta']))) return undefined;
      const step = readAll(body);
      // It is all there, whether or not the server says why it stopped.
      return { ...step, finishReason: step.finishReason ?? 'stop' };
    },
  };
}

function nonEmpty(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || text === '' ? undefined : text.slice(0, 200);
}

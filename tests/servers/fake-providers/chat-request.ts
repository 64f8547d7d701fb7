import { fieldsOf, numberOf, textOf, type Fields } from './exchange.ts';
import type { ChatAsked } from './reply-plan.ts';

/** What a body of OpenAI's chat shape asks. */
export function chatAsked(json: Fields, model = textOf(json['model'])): ChatAsked {
  const maxTokens = numberOf(json['max_completion_tokens']) ?? numberOf(json['max_tokens']);
  const format = textOf(fieldsOf(json['response_format'])['type']);
  return {
    model,
    messages: messagesOf(json['messages']),
    stream: json['stream'] === true,
    includeUsage: fieldsOf(json['stream_options'])['include_usage'] === true,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    stop: stopOf(json['stop']),
    json: format.startsWith('json'),
    thinking: json['enable_thinking'] === true,
  };
}

export function messagesOf(value: unknown): ChatAsked['messages'] {
  return (Array.isArray(value) ? value : []).map((message) => {
    const { role, content } = fieldsOf(message);
    return { role: textOf(role), text: contentText(content) };
  });
}

/** Text of a content that is a string or a list of parts. */
function contentText(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content);
  return content.map((part) => textOf(fieldsOf(part)['text'])).join('');
}

export function stopOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (word): word is string => typeof word === 'string' && word !== '',
  );
}

import type { AttemptNote, ChatMessage } from '../../contracts/generation.ts';
import { AppError } from '../../errors/index.ts';

export interface WenxinMessages {
  /** Absent when nobody gave one. */
  readonly system?: string;
  /** An odd number, user and assistant in turn, the last the user's, none of them empty. */
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
  readonly notes: readonly AttemptNote[];
}

/** Said before an assistant that speaks first: the API wants a user's turn there, and refuses an empty one. */
const OPENING = '…';

/**
 * Messages as the legacy API wants them. System messages become the `system` field, blank ones are left out, neighbours of the
 * same role are joined with a blank line (the note counts those that were joined to the one before). Throws
 * `provider/bad-request` when the last message is not the user's.
 */
export function wenxinMessages(given: readonly ChatMessage[]): WenxinMessages {
  const spoken = given.filter(({ content }) => content.trim() !== '');
  const system = spoken.filter(({ role }) => role === 'system').map(({ content }) => content);
  const turns: { role: 'user' | 'assistant'; content: string }[] = [];
  let joined = 0;
  for (const { role, content } of spoken) {
    if (role === 'system') continue;
    const last = turns.at(-1);
    if (last?.role === role) {
      last.content += `\n\n${content}`;
      joined += 1;
    } else turns.push({ role, content });
  }
  if (turns.at(-1)?.role !== 'user') {
    throw new AppError(
      'provider/bad-request',
      'This API answers only to a last message of the user that is not empty.',
      {
        details: { reason: 'not-supported', field: 'messages' },
      },
    );
  }
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', content: OPENING });
  return {
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    messages: turns,
    notes: joined === 0 ? [] : [{ type: 'messages-joined', count: joined }],
  };
}

import { AppError } from '../../errors/index.ts';
import type { AttemptNote } from '../../contracts/generation.ts';
import type { ProviderConfig } from '../../contracts/provider.ts';
import type { ProviderAdapter, ProviderDeps, ProviderPart, ProviderReply, ProviderRequest } from '../provider.ts';
import { createChatProtocol } from './chat-protocol.ts';
import type { ChatDialect } from './dialect.ts';
import { embedInBatches } from './embeddings.ts';
import { listModelsAt } from './list-models.ts';
import { postAccepted, type OfferedBody } from './post-accepted.ts';
import { readReply, type ReplyContext } from './read-reply.ts';
import { createSdkTransport } from './sdk-transport.ts';
import { writeParameters } from './write-parameters.ts';

/** The adapter of any endpoint that speaks Chat Completions. `config` must be the one that the dialect was made for. */
export function createChatCompletionsAdapter(
  config: ProviderConfig,
  keyName: string | null,
  deps: ProviderDeps,
  dialect: ChatDialect,
): ProviderAdapter {
  const transport = createSdkTransport(dialect, keyName, deps);
  const { modelsUrl } = dialect;

  async function* reply(request: ProviderRequest, stream: boolean, signal: AbortSignal): AsyncGenerator<ProviderPart> {
    const { offered, notes } = chatBody(dialect, request, stream);
    const accepted = await postAccepted(transport, dialect.chatUrl(request.model), offered, signal);
    const context = replyContext(dialect, deps, signal, [...notes, ...accepted.notes]);
    yield* readReply(accepted.response, createChatProtocol(dialect), context);
  }

  return {
    generateText: (request, signal) => lastReply(reply(request, false, signal), config.label),
    generateStream: (request, signal) => reply(request, true, signal),
    embed: (request, signal) => embedInBatches(dialect, transport, deps, request, signal),
    listModels: modelsUrl === null ? null : (signal) => listModelsAt(modelsUrl, dialect, transport, signal),
    chatUrl: dialect.chatUrl,
  };
}

function chatBody(
  dialect: ChatDialect,
  request: ProviderRequest,
  stream: boolean,
): { readonly offered: OfferedBody; readonly notes: readonly AttemptNote[] } {
  const { fields, parameterOf, notes } = writeParameters(request, dialect.parameters(request.model));
  const messages =
    dialect.writeMessages?.(request.messages) ?? request.messages.map(({ role, content }) => ({ role, content }));
  return {
    offered: {
      fields: {
        model: request.model,
        messages,
        ...fields,
        ...dialect.extraFields?.(request, stream),
        ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
      },
      parameterOf,
    },
    notes,
  };
}

/** What reads a reply of this dialect. */
export function replyContext(
  { classify, words }: Pick<ChatDialect, 'classify' | 'words'>,
  { redact, clock }: ProviderDeps,
  signal: AbortSignal,
  notes: readonly AttemptNote[],
): ReplyContext {
  return { signal, redact, clock, classify, words, notes };
}

/** The reply at the end of its parts. */
export async function lastReply(parts: AsyncIterable<ProviderPart>, label: string): Promise<ProviderReply> {
  for await (const part of parts) {
    if (part.type === 'finish') return part.reply;
  }
  throw new AppError('app/internal', `The answer of ${label} had neither an end nor an error.`);
}

import type { ProviderConfig } from '../../contracts/provider.ts';
import { lastReply, replyContext } from '../chat-completions/create-chat-completions-adapter.ts';
import type { ChatDialect } from '../chat-completions/dialect.ts';
import { postAccepted } from '../chat-completions/post-accepted.ts';
import { readReply } from '../chat-completions/read-reply.ts';
import { createSdkTransport } from '../chat-completions/sdk-transport.ts';
import type { ProviderAdapter, ProviderDeps, ProviderPart, ProviderRequest } from '../provider.ts';
import { responsesBody } from './responses-body.ts';
import { createResponsesProtocol } from './responses-protocol.ts';

/** Replies by the Responses API; all else is `rest`'s, which speaks Chat Completions. */
export function createResponsesAdapter(
  config: ProviderConfig,
  keyName: string | null,
  deps: ProviderDeps,
  dialect: ChatDialect,
  rest: ProviderAdapter,
): ProviderAdapter {
  const transport = createSdkTransport(dialect, keyName, deps);

  async function* reply(request: ProviderRequest, stream: boolean, signal: AbortSignal): AsyncGenerator<ProviderPart> {
    const { offered, notes } = responsesBody(request, stream);
    const { response, notes: refused } = await postAccepted(transport, dialect.chatUrl(request.model), offered, signal);
    yield* readReply(response, createResponsesProtocol(), replyContext(dialect, deps, signal, [...notes, ...refused]));
  }

  return {
    ...rest,
    generateText: (request, signal) => lastReply(reply(request, false, signal), config.label),
    generateStream: (request, signal) => reply(request, true, signal),
  };
}

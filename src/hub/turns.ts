import { branchOf, chatMessagesOf, type Conversation, type MessageRecord } from '../contracts/conversation.ts';
import type { WireGenerateRequest } from '../contracts/generation.ts';
import type { SendMessageRequest, SentMessage } from '../contracts/hub.ts';
import type { Random } from '../contracts/ports.ts';
import { AppError } from '../errors/index.ts';
import type { ChatStore } from './chat-store.ts';
import { refused } from './not-found.ts';
import type { Replies } from './replies.ts';
import { titleOf } from './title.ts';
import { samplingOf } from './validate-request.ts';
import { without } from './without.ts';

/** The four ways to ask for a reply. Each stores what was asked and a reply to come, then starts the reply. */
export interface Turns {
  send(request: SendMessageRequest): Promise<SentMessage>;
  regenerate(replyId: string, model?: string): Promise<SentMessage>;
  edit(messageId: string, text: string): Promise<SentMessage>;
  continue(replyId: string): Promise<SentMessage>;
}

export interface TurnsDeps {
  readonly chats: ChatStore;
  readonly replies: Replies;
  readonly random: Random;
  readonly hubId: string;
  readonly models: { idOf(id?: string): Promise<string> };
}

export function createTurns(deps: TurnsDeps): Turns {
  return {
    send: (request) => send(deps, request),
    regenerate: (replyId, model) => regenerate(deps, replyId, model),
    edit: (messageId, text) => edit(deps, messageId, text),
    continue: (replyId) => continueReply(deps, replyId),
  };
}

async function send(deps: TurnsDeps, request: SendMessageRequest): Promise<SentMessage> {
  requireText(request.text);
  samplingOf(request.parameters ?? {});
  const model = await deps.models.idOf(request.model);
  const id = request.conversationId ?? deps.random.id();
  return deps.chats.exclusive(id, async () => {
    const conversation =
      request.conversationId === null ? newConversation(deps, id, request.text) : await deps.chats.conversation(id);
    const leafId = conversation.activeLeafId;
    if (leafId !== null && deps.replies.live(leafId)) throw replyInProgress(leafId);
    const earlier = branchOf(request.conversationId === null ? [] : await deps.chats.messages(id), leafId);
    const question = newQuestion(deps, id, earlier.at(-1)?.id ?? null, request.text);
    return ask(deps, conversation, [...earlier, question], [question], model, request.parameters);
  });
}

async function regenerate(deps: TurnsDeps, replyId: string, modelId?: string): Promise<SentMessage> {
  const reply = await replyOf(deps, replyId);
  const model = await deps.models.idOf(modelId);
  return deps.chats.exclusive(reply.conversationId, async () => {
    const conversation = await deps.chats.conversation(reply.conversationId);
    const messages = await deps.chats.messages(reply.conversationId);
    // The same question again wants another answer, not the one that is known.
    return ask(deps, conversation, branchOf(messages, reply.parentId), [], model, { cache: false });
  });
}

async function edit(deps: TurnsDeps, messageId: string, text: string): Promise<SentMessage> {
  requireText(text);
  const original = await deps.chats.message(messageId);
  if (original.role !== 'user') throw refused('not-a-question', 'Only messages of the user can be edited.');
  const model = await deps.models.idOf();
  const { conversationId, parentId } = original;
  return deps.chats.exclusive(conversationId, async () => {
    const conversation = await deps.chats.conversation(conversationId);
    const earlier = branchOf(await deps.chats.messages(conversationId), parentId);
    const question = newQuestion(deps, conversationId, parentId, text);
    return ask(deps, conversation, [...earlier, question], [question], model);
  });
}

async function continueReply(deps: TurnsDeps, replyId: string): Promise<SentMessage> {
  const { conversationId } = await replyOf(deps, replyId);
  return deps.chats.exclusive(conversationId, async () => {
    if (deps.replies.live(replyId)) throw replyInProgress(replyId);
    const conversation = await deps.chats.conversation(conversationId);
    const stored = deps.replies.unsaved(replyId) ?? (await replyOf(deps, replyId));
    if (stored.status === 'streaming' && stored.hubId !== deps.hubId) throw replyInProgress(replyId);
    const model = await sameModelOrDefault(deps, stored.model);
    const reply: MessageRecord = {
      ...without(stored, 'error', 'result'),
      status: 'streaming',
      hubId: deps.hubId,
      model,
    };
    const branch = branchOf(await deps.chats.messages(conversationId), reply.parentId);
    return start(deps, conversation, branch, [], reply);
  });
}

type ReplyParameters = NonNullable<SendMessageRequest['parameters']> & Pick<WireGenerateRequest, 'cache'>;

/** Stores new messages and a reply to the last message of `branch`, and starts it. */
function ask(
  deps: TurnsDeps,
  conversation: Conversation,
  branch: readonly MessageRecord[],
  added: readonly MessageRecord[],
  model: string,
  parameters?: ReplyParameters,
): Promise<SentMessage> {
  const reply: MessageRecord = {
    id: deps.random.id(),
    conversationId: conversation.id,
    parentId: branch.at(-1)?.id ?? null,
    role: 'assistant',
    text: '',
    createdAt: deps.chats.stamp(),
    status: 'streaming',
    model,
    hubId: deps.hubId,
  };
  return start(deps, conversation, branch, added, reply, parameters);
}

async function start(
  deps: TurnsDeps,
  conversation: Conversation,
  branch: readonly MessageRecord[],
  added: readonly MessageRecord[],
  reply: MessageRecord,
  parameters: ReplyParameters = {},
): Promise<SentMessage> {
  await deps.chats.write({ ...conversation, activeLeafId: reply.id, updatedAt: deps.chats.stamp() }, [...added, reply]);
  deps.replies.start(reply, requestOf(branch, reply, parameters));
  return { conversationId: conversation.id, replyId: reply.id };
}

function requestOf(
  branch: readonly MessageRecord[],
  reply: MessageRecord,
  parameters: ReplyParameters,
): WireGenerateRequest {
  return {
    ...parameters,
    ...(reply.model === undefined ? {} : { model: reply.model }),
    messages: chatMessagesOf([...branch, reply]),
    ...(reply.text === '' ? {} : { continueLast: true }),
  };
}

function newConversation(deps: TurnsDeps, id: string, text: string): Conversation {
  const now = deps.chats.stamp();
  return { id, title: titleOf(text), titleSource: 'auto', createdAt: now, updatedAt: now, activeLeafId: null };
}

function newQuestion(deps: TurnsDeps, conversationId: string, parentId: string | null, text: string): MessageRecord {
  return {
    id: deps.random.id(),
    conversationId,
    parentId,
    role: 'user',
    text,
    createdAt: deps.chats.stamp(),
    status: 'complete',
  };
}

async function replyOf(deps: TurnsDeps, replyId: string): Promise<MessageRecord> {
  const reply = await deps.chats.message(replyId);
  if (reply.role !== 'assistant') throw refused('not-a-reply', 'That message is no reply.', { id: replyId });
  return reply;
}

async function sameModelOrDefault(deps: TurnsDeps, id: string | undefined): Promise<string> {
  try {
    return await deps.models.idOf(id);
  } catch (error) {
    if (AppError.from(error).code !== 'model/not-found') throw error;
    return deps.models.idOf();
  }
}

function requireText(text: string): void {
  if (text.trim() === '') throw refused('empty', 'A message needs text.', { field: 'text' });
}

function replyInProgress(replyId: string): AppError {
  return refused('reply-in-progress', 'The reply is still being written.', { replyId });
}

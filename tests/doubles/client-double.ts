import type { ConnectionState, SwitchyardClient } from '../../src/client/switchyard-client.ts';
import { branchOf, newestLeafUnder, type Conversation, type MessageRecord } from '../../src/contracts/conversation.ts';
import type { WireError } from '../../src/contracts/error.ts';
import type { GenerateResult, WaitProgress } from '../../src/contracts/generation.ts';
import type { HubEvent, ReplyEvent, SentMessage } from '../../src/contracts/hub.ts';
import { localModelId, STARTER_MODEL, type ModelInfo } from '../../src/contracts/model.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/contracts/settings.ts';
import { AppError } from '../../src/errors/index.ts';
import type { UiStorage } from '../../src/ui/state/app-services.ts';
import { createCloudDouble, type CloudDouble } from './cloud-double.ts';

/** What a reply of the double does: waits, then texts, then its end. */
export interface ReplyScript {
  readonly waits?: readonly WaitProgress[];
  /** Before the texts. */
  readonly reasoning?: readonly string[];
  readonly texts: readonly string[];
  readonly droppedMessages?: number;
  readonly error?: WireError;
  readonly result?: Partial<Omit<GenerateResult, 'text' | 'reasoning'>>;
  /** Taken back before the end. */
  readonly replacedBy?: string;
}

export interface ClientDoubleOptions {
  /** Chooses the reply to a message. */
  readonly script?: (text: string, continued: boolean) => ReplyScript;
  /** Between two parts of a reply. Default: at once. */
  readonly pause?: (kind: 'wait' | 'text') => Promise<void>;
  readonly now?: () => number;
  readonly models?: readonly ModelInfo[];
  /** Thrown by every write while it is set. */
  readonly failing?: { error: AppError | null };
}

export interface ClientDouble {
  readonly client: SwitchyardClient;
  readonly storage: UiStorage;
  readonly conversations: Map<string, Conversation>;
  readonly messages: Map<string, MessageRecord>;
  readonly drafts: Map<string, string>;
  readonly cloud: CloudDouble;
  emit(event: HubEvent | { type: 'connection-changed'; state: ConnectionState }): void;
}

export const STARTER_INFO: ModelInfo = {
  id: localModelId(STARTER_MODEL.name, STARTER_MODEL.task),
  task: 'text_generation',
  provider: 'local',
  location: 'device',
  displayName: 'SmolLM2 135M',
  state: 'ready',
  isDefault: true,
  sizeBytes: 105_454_432,
  storedBytes: 105_454_432,
  contextTokens: 2048,
  parameterCount: 134_515_008,
  license: 'Apache-2.0',
};

const RESULT: Omit<GenerateResult, 'text' | 'reasoning'> = {
  model: STARTER_INFO.id,
  provider: 'local',
  finishReason: 'stop',
  usage: { inputTokens: 48, outputTokens: 212, cachedTokens: 31, source: 'measured' },
  cost: { amount: 0, currency: 'USD', source: 'measured' },
  timing: { queuedMs: 12, firstTokenMs: 382, totalMs: 5140, tokensPerSecond: 44.3 },
  route: [{ model: STARTER_INFO.id, outcome: 'ok', waitedMs: 12, tookMs: 5128 }],
};

interface Running {
  readonly replyId: string;
  readonly log: ReplyEvent[];
  readonly listeners: Set<() => void>;
  stopped: boolean;
  text: string;
  reasoning: string;
  progress: WaitProgress | null;
  dropped: number;
  ended: MessageRecord | null;
}

/** A copy of a record without some of its optional fields. */
export function without<T extends object, K extends keyof T>(record: T, ...keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

/** The client and the storage of the interface in memory, with the hub's rules of turns, branches and ends. */
export function createClientDouble(options: ClientDoubleOptions = {}): ClientDouble {
  const { script = () => ({ texts: ['Hello.'] }), pause = () => Promise.resolve(), now = () => Date.now() } = options;
  const conversations = new Map<string, Conversation>();
  const messages = new Map<string, MessageRecord>();
  const drafts = new Map<string, string>();
  const running = new Map<string, Running>();
  const listeners = new Set<Parameters<SwitchyardClient['subscribe']>[0]>();
  let models = options.models ?? [STARTER_INFO];
  let settings: Settings = DEFAULT_SETTINGS;
  let nextId = 1;

  const id = (kind: string): string => `${kind}-${String(nextId++).padStart(4, '0')}`;
  const emit: ClientDouble['emit'] = (event) => listeners.forEach((listener) => listener(event));
  const cloud = createCloudDouble({ emit, now, failing: () => options.failing?.error ?? null });
  const failIfAsked = (): void => {
    if (options.failing?.error) throw options.failing.error;
  };
  const listMessages = (conversationId: string): MessageRecord[] =>
    [...messages.values()].filter((message) => message.conversationId === conversationId);
  const get = <T>(map: ReadonlyMap<string, T>, key: string): T => {
    const value = map.get(key);
    if (value === undefined) throw new AppError('app/internal', `Nothing is called ${key}.`);
    return value;
  };

  function changeConversation(conversationId: string, change: Partial<Conversation>): void {
    conversations.set(conversationId, { ...get(conversations, conversationId), ...change });
    emit({ type: 'conversations-changed' });
    emit({ type: 'conversation-changed', conversationId });
  }

  function addTurn(conversationId: string, parentId: string | null, text: string | null): SentMessage {
    failIfAsked();
    let parent = parentId;
    if (text !== null) {
      const messageId = id('message');
      const user: MessageRecord = {
        id: messageId,
        conversationId,
        parentId,
        role: 'user',
        text,
        createdAt: now(),
        status: 'complete',
      };
      messages.set(messageId, user);
      parent = messageId;
    }
    const replyId = id('message');
    const reply: MessageRecord = {
      id: replyId,
      conversationId,
      parentId: parent,
      role: 'assistant',
      text: '',
      createdAt: now(),
      status: 'streaming',
      model: models.find((model) => model.isDefault)?.id ?? STARTER_INFO.id,
      hubId: 'hub-1',
    };
    messages.set(replyId, reply);
    changeConversation(conversationId, { activeLeafId: replyId, updatedAt: now() });
    run(replyId, script(parent === null ? '' : get(messages, parent).text, false));
    return { conversationId, replyId };
  }

  function run(replyId: string, plan: ReplyScript): void {
    const state: Running = {
      replyId,
      log: [],
      listeners: new Set(),
      stopped: false,
      text: get(messages, replyId).text,
      reasoning: '',
      progress: null,
      dropped: 0,
      ended: null,
    };
    running.set(replyId, state);
    void write(state, plan);
  }

  async function write(state: Running, plan: ReplyScript): Promise<void> {
    const say = (event: ReplyEvent): void => {
      state.log.push(event);
      state.listeners.forEach((wake) => wake());
    };
    for (const progress of plan.waits ?? []) {
      if (state.stopped) break;
      state.progress = progress;
      say({ type: 'progress', progress });
      await pause('wait');
    }
    if (plan.droppedMessages !== undefined && !state.stopped) {
      state.dropped = plan.droppedMessages;
      say({ type: 'context-trimmed', droppedMessages: plan.droppedMessages });
    }
    for (const text of plan.reasoning ?? []) {
      if (state.stopped) break;
      state.progress = null;
      state.reasoning += text;
      say({ type: 'reasoning-delta', text });
      await pause('text');
    }
    for (const text of plan.texts) {
      if (state.stopped) break;
      state.progress = null;
      state.text += text;
      say({ type: 'text-delta', text });
      await pause('text');
    }
    if (plan.replacedBy !== undefined && !state.stopped) {
      state.text = plan.replacedBy;
      say({ type: 'text-replaced', text: plan.replacedBy });
    }
    finish(state, plan, say);
  }

  function finish(state: Running, plan: ReplyScript, say: (event: ReplyEvent) => void): void {
    const old = without(get(messages, state.replyId), 'hubId', 'error');
    const ending: Partial<MessageRecord> = state.stopped
      ? { status: 'stopped' }
      : plan.error
        ? { status: 'failed', error: plan.error }
        : { status: 'complete' };
    const dropped = plan.droppedMessages === undefined ? {} : { droppedMessages: plan.droppedMessages };
    const result = plan.error ? {} : { result: { ...RESULT, ...dropped, ...plan.result } };
    const reasoning = state.reasoning === '' ? {} : { reasoning: state.reasoning };
    const message: MessageRecord = { ...old, text: state.text, ...reasoning, ...result, ...ending };
    messages.set(message.id, message);
    state.ended = message;
    running.delete(state.replyId);
    say({ type: 'ended', message });
    changeConversation(message.conversationId, { updatedAt: now() });
  }

  async function* watch(replyId: string, signal?: AbortSignal): AsyncGenerator<ReplyEvent> {
    const state = running.get(replyId);
    if (!state) {
      yield { type: 'ended', message: get(messages, replyId) };
      return;
    }
    const { text, reasoning, progress, dropped } = state;
    yield { type: 'snapshot', text, reasoning, progress, droppedMessages: dropped };
    for (let next = state.log.length; !signal?.aborted;) {
      const event = state.log[next];
      if (event) {
        next += 1;
        yield event;
        if (event.type === 'ended') return;
        continue;
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          state.listeners.delete(wake);
          resolve();
        };
        state.listeners.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    }
  }

  const chats: SwitchyardClient['chats'] = {
    async send({ conversationId, text }) {
      failIfAsked();
      const chatId = conversationId ?? id('chat');
      if (conversationId === null) {
        const created = { id: chatId, title: text.slice(0, 60), titleSource: 'auto' as const, activeLeafId: null };
        conversations.set(chatId, { ...created, createdAt: now(), updatedAt: now() });
      }
      return addTurn(chatId, get(conversations, chatId).activeLeafId, text);
    },
    async regenerate(replyId) {
      const reply = get(messages, replyId);
      return addTurn(reply.conversationId, reply.parentId, null);
    },
    async edit(messageId, text) {
      const message = get(messages, messageId);
      return addTurn(message.conversationId, message.parentId, text);
    },
    async continue(replyId) {
      failIfAsked();
      const reply = without(get(messages, replyId), 'result', 'error');
      messages.set(replyId, { ...reply, status: 'streaming', hubId: 'hub-1' });
      run(replyId, script(reply.text, true));
      emit({ type: 'conversation-changed', conversationId: reply.conversationId });
      return { conversationId: reply.conversationId, replyId };
    },
    async stop(replyId) {
      const state = running.get(replyId);
      if (!state) return;
      state.stopped = true;
      await new Promise<void>((resolve) => {
        const wait = (): void => (state.ended ? resolve() : void state.listeners.add(wait));
        wait();
      });
    },
    watch,
    async rename(chatId, title) {
      failIfAsked();
      changeConversation(chatId, { title, titleSource: 'user' });
    },
    async delete(chatId) {
      failIfAsked();
      changeConversation(chatId, { deletedAt: now() });
    },
    async restore(chatId) {
      conversations.set(chatId, without(get(conversations, chatId), 'deletedAt'));
      emit({ type: 'conversations-changed' });
    },
    async selectBranch(chatId, messageId) {
      changeConversation(chatId, { activeLeafId: newestLeafUnder(listMessages(chatId), messageId) });
    },
  };

  const refuse = (): never => {
    throw new AppError('app/internal', 'The double does not do this.');
  };
  const client = {
    chats,
    ...cloud.calls,
    connection: 'connected',
    ready: () => Promise.resolve(),
    listModels: async () => models,
    getModelInfo: async (modelId) => models.find((model) => model.id === modelId) ?? refuse(),
    async switchModel(modelId) {
      models = models.map((model) => ({ ...model, isDefault: model.id === modelId }));
      emit({ type: 'models-changed', models });
    },
    getMetrics: (async (modelId?: string) =>
      modelId === undefined ? { [STARTER_INFO.id]: METRICS } : METRICS) as SwitchyardClient['getMetrics'],
    getSummary: refuse,
    resetMetrics: async () => undefined,
    getTimeline: refuse,
    getLiveState: refuse,
    resetBreaker: refuse,
    exportMetrics: refuse,
    budgetStatus: async () => [],
    cacheStats: async () => ({ hits: 0, misses: 0, entries: 0, bytes: 0 }),
    clearCache: async () => undefined,
    registerModel: refuse,
    unregisterModel: refuse,
    generateText: refuse,
    generateStream: refuse,
    download: refuse,
    load: refuse,
    unload: refuse,
    remove: refuse,
    embed: refuse,
    importConfig: refuse,
    exportConfig: refuse,
    previewConfig: refuse,
    getRouting: refuse,
    savePools: refuse,
    saveLimits: refuse,
    openai: { chat: { completions: { create: refuse } }, embeddings: { create: refuse } },
    subscribe(listener) {
      listeners.add(listener);
      listener({ type: 'models-changed', models });
      listener({ type: 'connection-changed', state: 'connected' });
      return () => listeners.delete(listener);
    },
    dispose: () => listeners.clear(),
  } satisfies SwitchyardClient;

  const storage: UiStorage = {
    conversations: {
      getConversation: async (chatId) => conversations.get(chatId),
      listConversations: async () => [...conversations.values()].filter((chat) => chat.deletedAt === undefined),
      listMessages: async (chatId) => listMessages(chatId),
      listStreamingMessages: async () => [...messages.values()].filter((message) => message.status === 'streaming'),
    },
    drafts: {
      get: async (key) => drafts.get(key) ?? '',
      async put(key, text) {
        if (text === '') drafts.delete(key);
        else drafts.set(key, text);
      },
    },
    settings: {
      get: async () => settings,
      update: async (change) => (settings = { ...settings, ...change }),
    },
  };
  return { client, storage, conversations, messages, drafts, cloud, emit };
}

const METRICS = {
  model_id: STARTER_INFO.id,
  request_count: 42,
  success_count: 38,
  error_count: 1,
  aborted_count: 3,
  total_tokens: 18_412,
  total_cost: 0,
  avg_response_time: 4.9,
  avg_first_token_time: 0.41,
  avg_tokens_per_second: 43.8,
  last_request_time: 1_763_000_000_000,
};

/** The shown branch of a conversation of the double, as texts. */
export function shownTexts(double: ClientDouble, conversationId: string): string[] {
  const all = [...double.messages.values()].filter((message) => message.conversationId === conversationId);
  const leaf = double.conversations.get(conversationId)?.activeLeafId ?? null;
  return branchOf(all, leaf).map((message) => message.text);
}

import { createContext } from 'svelte';
import { createChatState, type ChatState } from '../chat/chat-state.svelte.ts';
import { createDraftState, type DraftState } from '../chat/draft-state.svelte.ts';
import { nextFrame } from '../chat/frame-batch.ts';
import type { ConnectionState } from '../../client/switchyard-client.ts';
import type { MessageRecord } from '../../contracts/conversation.ts';
import { createI18n, type I18n } from '../i18n/i18n-state.svelte.ts';
import { plainText } from '../markdown/plain-text.ts';
import { createRouterState, type RouterState } from '../shell/router-state.svelte.ts';
import { createAnnouncerState, type AnnouncerState } from './announcer-state.svelte.ts';
import type { AppServices } from './app-services.ts';
import { createConversationsState, type ConversationsState } from './conversations-state.svelte.ts';
import { createModelsState, type ModelsState } from './models-state.svelte.ts';
import { createPreferencesState, type PreferencesState } from './preferences-state.svelte.ts';
import { createProvidersState, type ProvidersState } from './providers-state.svelte.ts';
import { createShellState, type ShellState } from './shell-state.svelte.ts';
import { createToastsState, type ToastsState } from './toasts-state.svelte.ts';
import { createUpdateState, type UpdateState } from './update-state.svelte.ts';
import { createVaultState, type VaultState } from './vault-state.svelte.ts';

/** The state of the page, given to every component by context. */
export interface App {
  readonly services: AppServices;
  readonly i18n: I18n;
  readonly preferences: PreferencesState;
  readonly router: RouterState;
  readonly shell: ShellState;
  readonly conversations: ConversationsState;
  readonly models: ModelsState;
  readonly providers: ProvidersState;
  readonly vault: VaultState;
  readonly chat: ChatState;
  readonly draft: DraftState;
  readonly toasts: ToastsState;
  readonly announcer: AnnouncerState;
  readonly update: UpdateState;
  /** Reads what is stored and listens to the hub. */
  start(): void;
  dispose(): void;
}

export const [useApp, provideApp] = createContext<App>();

/** Composes the page's state; `start` sets it going. */
export function createApp(services: AppServices): App {
  const { client, storage, pwa } = services;
  const mirror = openMirror();
  const i18n = createI18n('en');
  const router = createRouterState(window);
  const announcer = createAnnouncerState();
  const draft = createDraftState(storage.drafts);
  const chat = createChat(services, { i18n, router, announcer, draft });
  const app = {
    services,
    i18n,
    router,
    announcer,
    draft,
    chat,
    preferences: createPreferencesState({
      store: storage.settings,
      i18n,
      langFlag: new URLSearchParams(location.search).get('lang'),
      browserLanguages: navigator.languages,
      root: document.documentElement,
      mirror,
    }),
    shell: createShellState(mirror),
    conversations: createConversationsState({
      chats: client.chats,
      conversations: storage.conversations,
      now: () => Date.now(),
    }),
    models: createModelsState(client),
    providers: createProvidersState(client.providers),
    vault: createVaultState(client.vault),
    toasts: createToastsState(() => performance.now()),
    update: createUpdateState({
      pwa,
      conversations: storage.conversations,
      reload: () => location.reload(),
    }),
  };
  let stop: () => void = () => undefined;
  return {
    ...app,
    start() {
      stop = listen(app);
      void app.preferences.load();
      void app.conversations.refresh();
    },
    dispose() {
      stop();
      for (const part of [router, announcer, draft, chat, app.toasts, app.update]) part.dispose();
    },
  };
}

function createChat(
  { client, storage }: AppServices,
  { i18n, router, announcer, draft }: Pick<App, 'i18n' | 'router' | 'announcer' | 'draft'>,
): ChatState {
  return createChatState({
    chats: client.chats,
    conversations: storage.conversations,
    schedule: nextFrame,
    onCreated: (conversationId) => {
      draft.adopt(conversationId);
      router.replace({ page: 'chat', conversationId });
    },
    onReplyStarted: () => announcer.setStatus(i18n.t.status.generating),
    onReplyEnded: (message) => announceEnd(announcer, i18n, message),
    onReplyLost: () => announcer.setStatus(i18n.t.status.failed),
  });
}

function listen(app: Omit<App, 'start' | 'dispose'>): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const unsubscribe = app.services.client.subscribe((event) => {
    if (event.type === 'models-changed') app.models.setModels(event.models);
    else if (event.type === 'connection-changed') followConnection(app, event.state);
    else if (event.type === 'providers-changed') void app.providers.refresh();
    else if (event.type === 'vault-changed') app.vault.setStatus(event.status);
    else if (event.type === 'conversations-changed') void app.conversations.refresh();
    else if (event.type === 'hub-retiring') app.models.markRetiring();
    else if (event.type === 'conversation-changed' && event.conversationId === app.chat.conversationId)
      void app.chat.refresh();
  });
  const setOnline = (): void => app.shell.setOnline(navigator.onLine);
  setOnline();
  addEventListener('online', setOnline, { signal });
  addEventListener('offline', setOnline, { signal });
  addEventListener('pagehide', () => void app.draft.flush(), { signal });
  // "Today" of yesterday evening is wrong in the morning.
  const whenVisible = (): void => {
    if (document.visibilityState === 'visible') void app.conversations.refresh();
  };
  document.addEventListener('visibilitychange', whenVisible, { signal });
  return () => {
    abort.abort();
    unsubscribe();
  };
}

/** A new hub has providers to tell of, and its vault may be locked again. */
function followConnection({ models, providers, vault }: Omit<App, 'start' | 'dispose'>, state: ConnectionState): void {
  models.setConnection(state);
  if (state !== 'connected') return;
  void providers.refresh();
  void vault.refresh();
}

function announceEnd(announcer: AnnouncerState, i18n: I18n, message: MessageRecord): void {
  const { status } = i18n.t;
  if (message.status === 'stopped') announcer.setStatus(status.stopped);
  else if (message.status === 'failed' || message.status === 'cut') announcer.setStatus(status.failed);
  else {
    announcer.setStatus(status.finished);
    announcer.logReply(plainText(message.text));
  }
}

function openMirror(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null; // Site data is blocked.
  }
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/contracts/settings.ts';
import { AppError } from '../../../src/errors/index.ts';
import type { PwaSnapshot } from '../../../src/pwa/index.ts';
import { createDraftState } from '../../../src/ui/chat/draft-state.svelte.ts';
import { createI18n } from '../../../src/ui/i18n/i18n-state.svelte.ts';
import { createAnnouncerState } from '../../../src/ui/state/announcer-state.svelte.ts';
import { createConversationsState } from '../../../src/ui/state/conversations-state.svelte.ts';
import { createModelsState } from '../../../src/ui/state/models-state.svelte.ts';
import { createPreferencesState } from '../../../src/ui/state/preferences-state.svelte.ts';
import { createToastsState } from '../../../src/ui/state/toasts-state.svelte.ts';
import { createUpdateState } from '../../../src/ui/state/update-state.svelte.ts';
import { createClientDouble, STARTER_INFO } from '../../doubles/client-double.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('drafts', () => {
  it('[CMP10] what is typed is stored per chat and comes back', async () => {
    const { storage, drafts } = createClientDouble();
    const draft = createDraftState(storage.drafts);
    await draft.open(null);
    draft.text = 'half a thought';
    await vi.advanceTimersByTimeAsync(400);
    expect(drafts.get('new')).toBe('half a thought');
    await draft.open('c1');
    expect(draft.text).toBe('');
    draft.text = 'other';
    await draft.open(null);
    expect(draft.text).toBe('half a thought');
    expect(drafts.get('c1')).toBe('other');
  });

  it('[CMP11] a sent text leaves no draft behind, also under the address the new chat gets', async () => {
    const { storage, drafts } = createClientDouble();
    const draft = createDraftState(storage.drafts);
    await draft.open(null);
    draft.text = 'Hi';
    await vi.advanceTimersByTimeAsync(400);
    draft.text = '';
    draft.adopt('c1');
    await vi.advanceTimersByTimeAsync(400);
    expect([...drafts]).toEqual([]);
    draft.text = 'typed while it answers';
    await vi.advanceTimersByTimeAsync(400);
    expect([...drafts]).toEqual([['c1', 'typed while it answers']]);
  });

  it('[CMP12] who types while the draft is read keeps what they typed', async () => {
    const draft = createDraftState({
      get: () => new Promise((resolve) => setTimeout(() => resolve('old'), 50)),
      put: async () => undefined,
    });
    const opening = draft.open('c1');
    draft.text = 'new';
    await vi.advanceTimersByTimeAsync(60);
    await opening;
    expect(draft.text).toBe('new');
  });
});

describe('toasts', () => {
  it('[UI70] stay at least 5 s, longer while pointer or focus is on them', async () => {
    const toasts = createToastsState(() => Date.now());
    toasts.show({ text: 'Deleted' });
    await vi.advanceTimersByTimeAsync(6000);
    expect(toasts.toasts).toHaveLength(1);
    toasts.pause();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(toasts.toasts).toHaveLength(1);
    toasts.resume();
    await vi.advanceTimersByTimeAsync(1900);
    expect(toasts.toasts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(toasts.toasts).toEqual([]);
  });

  it('[UI70] an action runs once and takes its toast away', () => {
    const toasts = createToastsState(() => Date.now());
    const run = vi.fn();
    const id = toasts.show({ text: 'Deleted', undo: { label: 'Undo', run } });
    const [toast] = toasts.toasts;
    expect(toast?.actions[0]).toBe(toast?.undo);
    if (toast?.undo) toasts.run(id, toast.undo);
    expect(run).toHaveBeenCalledOnce();
    expect(toasts.toasts).toEqual([]);
  });
});

describe('the list of chats', () => {
  it('[UI71] delete hides at once, restore brings back, a refusal shows what is stored', async () => {
    const failing: { error: AppError | null } = { error: null };
    const { client, storage } = createClientDouble({ failing });
    const { conversationId } = await client.chats.send({ conversationId: null, text: 'Hi' });
    const list = createConversationsState({
      chats: client.chats,
      conversations: storage.conversations,
      now: () => Date.now(),
    });
    await list.refresh();
    const titles = (): string[] => list.groups.flatMap((group) => group.chats.map((chat) => chat.title));
    expect(titles()).toEqual(['Hi']);
    const deleting = list.delete(conversationId);
    expect(titles()).toEqual([]);
    expect(await deleting).toBe(true);
    expect(list.isEmpty).toBe(true);
    await list.restore(conversationId);
    expect(titles()).toEqual(['Hi']);
    failing.error = new AppError('storage/unavailable', 'no');
    expect(await list.delete(conversationId)).toBe(false);
    expect(titles()).toEqual(['Hi']);
    expect(list.error?.code).toBe('storage/unavailable');
  });

  it('[UI72] an empty title renames nothing', async () => {
    const { client, storage } = createClientDouble();
    const { conversationId } = await client.chats.send({ conversationId: null, text: 'Hi' });
    const list = createConversationsState({ chats: client.chats, conversations: storage.conversations, now: () => 0 });
    await list.rename(conversationId, '   ');
    await list.rename(conversationId, '  Greetings ');
    expect((await storage.conversations.getConversation(conversationId))?.title).toBe('Greetings');
  });
});

describe('preferences', () => {
  function setUp(stored: Partial<Settings>, mirrored: Record<string, string> = {}, langFlag: string | null = null) {
    const values = new Map(Object.entries(mirrored));
    const root = { lang: '', dataset: {} as DOMStringMap };
    const i18n = createI18n('en');
    let settings: Settings = { ...DEFAULT_SETTINGS, ...stored };
    const state = createPreferencesState({
      store: { get: async () => settings, update: async (change) => (settings = { ...settings, ...change }) },
      i18n,
      langFlag,
      browserLanguages: ['en-GB'],
      root,
      mirror: {
        getItem: (key) => values.get(key) ?? null,
        setItem: (key, value) => void values.set(key, value),
        removeItem: (key) => void values.delete(key),
      },
    });
    return { state, root, i18n, values };
  }

  it('[UI73] the mirror decides the first paint, the store what follows', async () => {
    const { state, root, values } = setUp({ theme: 'light' }, { 'switchyard:theme': 'dark' });
    expect(root.dataset['theme']).toBe('dark');
    await state.load();
    expect(root.dataset['theme']).toBe('light');
    expect(values.get('switchyard:theme')).toBe('light');
    await state.update({ theme: 'system' });
    expect(root.dataset['theme']).toBeUndefined();
    expect(values.has('switchyard:theme')).toBe(false);
  });

  it('[UI74] the page’s language follows the choice, and ?lang= wins', async () => {
    const chosen = setUp({ locale: 'zh-CN' });
    expect(chosen.root.lang).toBe('en');
    await chosen.state.load();
    expect(chosen.root.lang).toBe('zh-CN');
    expect(chosen.i18n.t.newChat).toBe('新建对话');
    const flagged = setUp({ locale: 'zh-CN' }, {}, 'en');
    await flagged.state.load();
    expect(flagged.root.lang).toBe('en');
  });
});

describe('updates', () => {
  it('[UI75] a new version never starts while a reply is written, in any tab', async () => {
    const { storage } = createClientDouble();
    let streaming = true;
    const applyUpdate = vi.fn();
    let tell: (snapshot: PwaSnapshot) => void = () => undefined;
    const snapshot: PwaSnapshot = { offline: 'ready', updateReady: false, installable: false, error: null };
    const update = createUpdateState({
      pwa: {
        subscribe: (listener) => {
          tell = listener;
          listener(snapshot);
          return () => undefined;
        },
        applyUpdate,
        promptInstall: async () => 'unavailable',
      },
      conversations: {
        listStreamingMessages: async () =>
          streaming ? [{ ...(await storage.conversations.listStreamingMessages())[0] } as never] : [],
      },
      reload: () => undefined,
    });
    expect(update.offered).toBe(false);
    tell({ ...snapshot, updateReady: true });
    expect(update.offered).toBe(true);
    await update.accept();
    expect(update.waiting).toBe(true);
    await vi.advanceTimersByTimeAsync(5000);
    expect(applyUpdate).not.toHaveBeenCalled();
    streaming = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(applyUpdate).toHaveBeenCalledOnce();
  });

  it('[UI75] Later hides the offer and ends a wait', async () => {
    const applyUpdate = vi.fn();
    const update = createUpdateState({
      pwa: {
        subscribe: (listener) => {
          listener({ offline: 'ready', updateReady: true, installable: true, error: null });
          return () => undefined;
        },
        applyUpdate,
        promptInstall: async () => 'accepted',
      },
      conversations: { listStreamingMessages: async () => [{} as never] },
      reload: () => undefined,
    });
    await update.accept();
    update.postpone();
    expect(update.offered).toBe(false);
    expect(update.installAvailable).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(applyUpdate).not.toHaveBeenCalled();
  });
});

describe('announcements and names', () => {
  it('[UI76] a finished reply is in the log once and not for long', async () => {
    const announcer = createAnnouncerState();
    announcer.setStatus('Reply finished');
    announcer.logReply('Paris.');
    expect(announcer.log).toBe('Paris.');
    await vi.advanceTimersByTimeAsync(6000);
    expect(announcer.log).toBe('');
    expect(announcer.status).toBe('Reply finished');
  });

  it('[UI77] a model has a name for people before the hub has answered', () => {
    const models = createModelsState(createClientDouble().client);
    expect(models.nameOf(STARTER_INFO.id)).toBe('SmolLM2 135M');
    expect(models.nameOf('local_gpt2_text_generation')).toBe('gpt2');
    models.setModels([
      { ...STARTER_INFO, displayName: 'Starter' },
      { ...STARTER_INFO, id: 'e', task: 'embedding' },
    ]);
    expect(models.nameOf(STARTER_INFO.id)).toBe('Starter');
    expect(models.models).toHaveLength(1);
  });
});

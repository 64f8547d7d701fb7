import type { SwitchyardClient } from '../../client/switchyard-client.ts';
import type { ConversationStore } from '../../contracts/conversation.ts';
import type { PwaState } from '../../pwa/index.ts';
import type { DraftStore, SettingsStore } from '../../contracts/stores.ts';

/** Conversations as the interface sees them: it reads, the hub writes. */
export type ConversationReader = Pick<
  ConversationStore,
  'getConversation' | 'listConversations' | 'listMessages' | 'listStreamingMessages'
>;

export interface UiStorage {
  readonly conversations: ConversationReader;
  readonly drafts: DraftStore;
  readonly settings: SettingsStore;
}

/** What the interface uses of src/pwa. */
export type PwaPort = Pick<PwaState, 'subscribe' | 'applyUpdate' | 'promptInstall'>;

export interface AppInfo {
  readonly version: string;
}

/** Everything that the page gets from other rooms. */
export interface AppServices {
  readonly client: SwitchyardClient;
  readonly storage: UiStorage;
  readonly pwa: PwaPort | null;
  readonly info: AppInfo;
}

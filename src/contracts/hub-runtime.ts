import type { ConversationStore } from './conversation.ts';
import type { RuntimeFiles } from './engine.ts';
import type { ClientHello, HubApi, HubWelcome, TabApi } from './hub.ts';
import type { Clock, Fetch, Locks, NetworkFacts, Random } from './ports.ts';
import type {
  MetricsStore,
  ModelRegistryStore,
  ProviderStore,
  SentRequestStore,
  SettingsStore,
  SpendStore,
  VaultStore,
  WeightsStore,
} from './stores.ts';

/** Everything that `createHub` is given; each is a port, so that a hub runs in a unit test. */
export interface HubDeps {
  readonly conversations: ConversationStore;
  readonly settings: SettingsStore;
  readonly models: ModelRegistryStore;
  readonly metrics: MetricsStore;
  readonly weights: WeightsStore;
  readonly providers: ProviderStore;
  readonly vault: VaultStore;
  readonly sentRequests: SentRequestStore;
  readonly spend: SpendStore;
  readonly fetch: Fetch;
  readonly network: NetworkFacts;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly random: Random;
  readonly locks: Locks;
  readonly runtime: RuntimeFiles;
  /** Build of this hub's code. */
  readonly build: string;
}

/** One hub: what the rooms `hub` (makes it) and `rpc` (connects tabs to it) agree on. */
export interface Hub {
  readonly hubId: string;
  /** Resolves once the hub holds the Web Lock `hubLockName(hubId)`, which it keeps until it ends; no tab is answered before. */
  readonly started: Promise<void>;
  /**
   * Served to every tab that was welcomed. The iterators of `watchReply` and `events` end at `return()` even while a
   * `next()` waits: a tab that goes away calls it.
   */
  readonly api: HubApi;
  /** The same for one tab: where requests wait, tabs take turns. */
  apiOf(tabId: string): HubApi;
  /** Asked once per connection, before `attachTab`. A hello of another build or protocol makes the hub retire. */
  hello(hello: ClientHello): HubWelcome;
  /** A welcomed tab, which may host engines until `lost` resolves. A tab that comes back has the same `tabId` and is attached anew. */
  attachTab(tab: AttachedTab): void;
  /**
   * Resolves once a retiring hub has no live reply left and has released its engines: the worker then ends itself. The hub
   * keeps its lock: the end of the worker frees it, so that no tab connects to a worker that is about to close.
   */
  readonly whenRetired: Promise<void>;
  /** Ends replies as `cut`, stops engines, releases the hub's lock. */
  dispose(): Promise<void>;
}

/** A tab as the hub sees it. */
export interface AttachedTab {
  readonly tabId: string;
  /** Threads an engine in this tab may use. */
  readonly engineThreads: number;
  /** Calls reject with `hub/lost` once the tab is gone. */
  readonly tabApi: TabApi;
  /** Resolves once the tab is gone (its Web Lock is free) or it said goodbye. Engines in it are lost too. */
  readonly lost: Promise<void>;
  /** False when the tab was hidden at hello: hosts of engines are better chosen among visible tabs. */
  readonly visible?: boolean;
}

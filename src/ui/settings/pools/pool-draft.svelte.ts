import type { PoolConfig, PoolMember, PoolStrategy } from '../../../contracts/config.ts';
import type { ModelInfo } from '../../../contracts/model.ts';
import { contains, freeName, nameProblem, typedNumber, type MemberProblem, type PoolProblem } from './pool-form.ts';

/** A member while it is edited: numbers as they were typed. */
export interface MemberDraft {
  readonly model: string;
  readonly weight: string;
  readonly order: string;
}

export interface PoolDraftDeps {
  /** Everything that can be a member, as it is now. */
  readonly models: () => readonly ModelInfo[];
  /** All pools, as they are now. */
  readonly pools: () => readonly PoolConfig[];
}

/** A pool that is added or changed. */
export class PoolDraft {
  /** The pool that is changed; null for a new one. */
  readonly existing: PoolConfig | null;
  readonly #deps: PoolDraftDeps;
  readonly #start: string;
  #name = $state('');
  #strategy = $state<PoolStrategy>('order');
  #members = $state.raw<readonly MemberDraft[]>([]);
  #cache = $state(false);
  #hedge = $state('');
  #tried = $state(false);

  constructor(existing: PoolConfig | null, deps: PoolDraftDeps) {
    this.existing = existing;
    this.#deps = deps;
    this.#name =
      existing?.name ??
      freeName([...deps.models(), ...deps.pools().map(({ name }) => ({ id: name }))].map(({ id }) => id));
    if (existing) {
      this.#strategy = existing.strategy;
      this.#cache = existing.cache ?? false;
      this.#hedge = existing.hedgeAfterMs === undefined ? '' : String(existing.hedgeAfterMs / 1000);
      this.#members = inTiers(existing).map(({ model, weight, order }) => ({
        model,
        weight: weight === undefined ? '' : String(weight),
        order: order === undefined ? '' : String(order),
      }));
    }
    this.#start = JSON.stringify(this.toConfig());
  }

  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
  }
  get strategy(): PoolStrategy {
    return this.#strategy;
  }
  get members(): readonly MemberDraft[] {
    return this.#members;
  }
  get cache(): boolean {
    return this.#cache;
  }
  set cache(cache: boolean) {
    this.#cache = cache;
  }
  /** Seconds, as typed; empty is never. */
  get hedge(): string {
    return this.#hedge;
  }
  set hedge(hedge: string) {
    this.#hedge = hedge;
  }
  get hedgeWrong(): boolean {
    return hedgeMs(this.#hedge) === null;
  }
  get dirty(): boolean {
    return JSON.stringify(this.toConfig()) !== this.#start;
  }
  /** Shown once saving was tried, so that nobody is told off for a form that is not filled in yet. */
  get problem(): { readonly name: PoolProblem | undefined; readonly members: PoolProblem | undefined } {
    const others = this.#others();
    const name = nameProblem(this.#name, { models: this.#deps.models(), others });
    const members = this.#members.length === 0 ? ('noMembers' as const) : undefined;
    return this.#tried ? { name, members } : { name: name === 'nameEmpty' ? undefined : name, members: undefined };
  }

  problemOf(member: MemberDraft): MemberProblem | undefined {
    if (typedNumber(member.weight, false) === null) return 'weight';
    if (typedNumber(member.order, true) === null) return 'order';
    if (this.isInside(member.model)) return 'cycle';
    return this.isGone(member.model) ? 'gone' : undefined;
  }

  isGone(id: string): boolean {
    const isPool = this.#deps.pools().some((pool) => pool.name === id);
    return !isPool && !this.#deps.models().some((model) => model.id === id);
  }

  /** True for what would put this pool into itself. */
  isInside(id: string): boolean {
    return this.existing !== null && contains(id, this.existing.name, this.#deps.pools());
  }

  setStrategy(strategy: PoolStrategy): void {
    this.#strategy = strategy;
    // The places of a list that had no tiers become tiers.
    if (strategy !== 'order' || this.#members.some(({ order }) => order !== '')) return;
    this.#members = this.#members.map((member, index) => ({ ...member, order: String(index + 1) }));
  }

  add(id: string): void {
    if (this.#members.some(({ model }) => model === id)) return;
    const last = Math.max(0, ...this.#members.map(({ order }) => typedNumber(order, true) ?? 0));
    const order = this.#strategy === 'order' ? String(last + 1) : '';
    this.#members = [...this.#members, { model: id, weight: '', order }];
  }

  takeOut(id: string): void {
    this.#members = this.#members.filter(({ model }) => model !== id);
  }

  /** Swaps a member with its neighbour: tiers stay where they are in the list. Returns whether there was one. */
  move(id: string, step: -1 | 1): boolean {
    const from = this.#members.findIndex(({ model }) => model === id);
    const [moved, other] = [this.#members[from], this.#members[from + step]];
    if (!moved || !other) return false;
    this.#members = this.#members
      .with(from, { ...other, order: moved.order })
      .with(from + step, { ...moved, order: other.order });
    return true;
  }

  setWeight(id: string, weight: string): void {
    this.#change(id, { weight });
  }
  setOrder(id: string, order: string): void {
    this.#change(id, { order });
  }

  /** Every pool as it would be saved; null when something is wrong, which is shown from then on. */
  check(): PoolConfig | null {
    this.#tried = true;
    const { name, members } = this.problem;
    // What was stored with a model that is gone may stay so.
    const wrong = this.#members.map((member) => this.problemOf(member)).filter((problem) => problem !== undefined);
    const refused = wrong.some((problem) => problem !== 'gone' || this.existing?.name !== this.#name.trim());
    return name !== undefined || members !== undefined || refused || this.hedgeWrong ? null : this.toConfig();
  }

  toConfig(): PoolConfig {
    const { cache: _cache, hedgeAfterMs: _hedge, ...rest } = this.existing ?? {};
    const hedgeAfterMs = hedgeMs(this.#hedge);
    return {
      ...rest,
      ...(this.#cache ? { cache: true } : {}),
      ...(typeof hedgeAfterMs === 'number' ? { hedgeAfterMs } : {}),
      name: this.#name.trim(),
      strategy: this.#strategy,
      members: this.#members.map((member) => this.#memberOf(member)),
    };
  }

  #memberOf({ model, weight, order }: MemberDraft): PoolMember {
    const [share, tier] = [typedNumber(weight, false), typedNumber(order, true)];
    const before = this.existing?.members.find((member) => member.model === model);
    const { weight: _weight, order: _order, ...rest } = before ?? { model };
    return {
      ...rest,
      ...(typeof share === 'number' ? { weight: share } : {}),
      ...(typeof tier === 'number' ? { order: tier } : {}),
    };
  }

  #others(): readonly PoolConfig[] {
    return this.#deps.pools().filter(({ name }) => name !== this.existing?.name);
  }

  #change(id: string, change: Partial<MemberDraft>): void {
    this.#members = this.#members.map((member) => (member.model === id ? { ...member, ...change } : member));
  }
}

/** Undefined for never, null for what is no time. */
function hedgeMs(text: string): number | null | undefined {
  const seconds = typedNumber(text, false);
  if (seconds === undefined || seconds === null) return seconds;
  return seconds > 0 && seconds <= 86_400 ? Math.round(seconds * 1000) : null;
}

/** As a person reads them: by tier where tiers count. */
function inTiers({ strategy, members }: PoolConfig): readonly PoolMember[] {
  return strategy === 'order' ? members.toSorted((a, b) => (a.order ?? 1) - (b.order ?? 1)) : members;
}
